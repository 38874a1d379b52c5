"""The JSON of chats, preferences and deliveries."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from edge.schemas import Answer, Body

WallTime = Annotated[str, Field(examples=["21:00"], pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day in the person's own zone."""


class Link(Answer):
    """An address that links the chat it is opened in."""

    url: Annotated[str, Field(examples=["https://t.me/habit_tracker_bot?start=c0de"])]
    """Open it on the phone that has Telegram, and press Start."""
    expire_time: datetime
    """When it stops working: after ten minutes, or as soon as it was used or replaced."""


class LinkedChat(Answer):
    """The chat in which the bot talks to the caller."""

    chat_id: Annotated[str, Field(examples=["•••123"])]
    """Its id, masked."""
    chat_title: Annotated[str, Field(examples=["Ada Lovelace"])]
    """The person's name in Telegram; may be empty."""
    create_time: datetime
    """When it was linked."""
    reachable: bool
    """Whether messages get through: false after the bot was blocked there."""


class QuietHours(Body):
    """When to be left alone. Reminders wait for the end; cheers and reports make no sound."""

    from_: Annotated[WallTime, Field(alias="from", examples=["22:00"])]
    """Where they begin."""
    to: Annotated[WallTime, Field(examples=["07:00"])]
    """Where they end; earlier than `from` when they span midnight."""


class Preferences(Answer):
    """What the caller wants to be told, and when."""

    telegram_enabled: bool
    """Whether the bot may write at all."""
    quiet_hours: QuietHours | None
    """Null when there are none."""
    daily_report_time: WallTime | None
    """When the daily report comes; null when it does not."""
    weekly_report: bool
    """Whether the weekly report comes, on the last evening of the week."""
    monthly_report: bool
    """Whether the monthly report comes, on the last day of the month."""
    streak_cheers: bool
    """Whether check-ins are cheered."""


class PreferencesChange(Body):
    """What to change; a field that is left out stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"quiet_hours": {"from": "22:00", "to": "07:00"}, "weekly_report": False}]
        }
    )

    telegram_enabled: bool = True
    """Whether the bot may write at all."""
    quiet_hours: QuietHours | None = None
    """Null for none."""
    daily_report_time: WallTime | None = "21:00"
    """When the daily report comes; null for never."""
    weekly_report: bool = True
    """Whether the weekly report comes."""
    monthly_report: bool = True
    """Whether the monthly report comes."""
    streak_cheers: bool = True
    """Whether check-ins are cheered."""


class DeliveryState(StrEnum):
    """What became of a message. More may be added."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Delivery(Answer):
    """One message and what became of it."""

    id: str
    kind: Annotated[str, Field(examples=["reminder"])]
    """`reminder`, `cheer` or `report`."""
    text: Annotated[str, Field(examples=['🔥 Habit reminder: "Drink water"'])]
    """What it said."""
    state: DeliveryState
    """`pending`: it waits for its turn or its next try. `sent`: Telegram took it. `failed`:
    refused, or every try failed. `dropped`: not sent on purpose. `unknown`: it left twice, and
    nobody knows whether it arrived."""
    detail: Annotated[str | None, Field(examples=["No chat is linked."])]
    """Why it was not sent, or not yet; null when it was."""
    create_time: datetime
    """When it was written down."""
    send_time: datetime | None
    """When Telegram took it."""
    attempts: Annotated[int, Field(examples=[1])]
    """How often it was tried."""
