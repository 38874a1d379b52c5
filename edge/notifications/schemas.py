"""Request and response bodies of chat links, preferences and deliveries."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, StrictBool

from edge.schemas import RequestBody, ResponseBody
from edge.validation import WALL_TIME

WallTime = Annotated[str, Field(examples=["21:00"], pattern=WALL_TIME)]
"""A time of day in the user's time zone."""


class Link(ResponseBody):
    """A deep link that connects a Telegram chat."""

    url: Annotated[str, Field(examples=["https://t.me/habit_tracker_bot?start=c0de"])]
    """Open it on the phone that has Telegram, and press Start."""
    expire_time: datetime
    """When it expires: after ten minutes, or once used or replaced."""


InitDataText = Annotated[str, Field(max_length=4096, repr=False, examples=["user=…&hash=…"])]
"""A Mini App's `initData`, exactly as Telegram gave it."""


class LaunchBody(RequestBody):
    """The signed data with which Telegram has opened the Mini App."""

    init_data: InitDataText


class LinkedChat(ResponseBody):
    """The Telegram chat that is linked to the account."""

    chat_id: Annotated[str, Field(examples=["•••123"])]
    """Its id, masked."""
    chat_title: Annotated[str, Field(examples=["Ada Lovelace"])]
    """The person's name in Telegram; may be empty."""
    create_time: datetime
    """When it was linked."""
    reachable: bool
    """Whether messages can be delivered: false after the bot was blocked."""


class QuietHours(RequestBody):
    """Quiet hours. Reminders wait for their end; cheers and reports are sent silently."""

    from_: Annotated[WallTime, Field(alias="from", examples=["22:00"])]
    """Start time."""
    to: Annotated[WallTime, Field(examples=["07:00"])]
    """End time; earlier than `from` when they span midnight."""


class Preferences(ResponseBody):
    """Notification preferences."""

    telegram_enabled: bool
    """Whether the bot may write at all."""
    quiet_hours: QuietHours | None
    """Null when they are off."""
    daily_report_time: WallTime | None
    """When the daily report is sent; null when it is off."""
    weekly_report: bool
    """Whether the weekly report is sent, on the last evening of the week."""
    monthly_report: bool
    """Whether the monthly report is sent, on the last day of the month."""
    streak_cheers: bool
    """Whether streaks are congratulated."""


class PreferencesChange(RequestBody):
    """The preferences to update; a field that is left out is unchanged."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"quiet_hours": {"from": "22:00", "to": "07:00"}, "weekly_report": False}]
        }
    )

    telegram_enabled: StrictBool = True
    """Whether the bot may write at all."""
    quiet_hours: QuietHours | None = None
    """Null switches them off."""
    daily_report_time: WallTime | None = "21:00"
    """When the daily report is sent; null switches it off."""
    weekly_report: StrictBool = True
    """Whether the weekly report is sent."""
    monthly_report: StrictBool = True
    """Whether the monthly report is sent."""
    streak_cheers: StrictBool = True
    """Whether streaks are congratulated."""


class DeliveryState(StrEnum):
    """Outcome of a delivery. More values may be added."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Delivery(ResponseBody):
    """A message and its outcome."""

    id: str
    kind: Annotated[str, Field(examples=["reminder"])]
    """`reminder`, `cheer`, `report` or `notice`."""
    text: Annotated[str, Field(examples=['🔥 Habit reminder: "Drink water"'])]
    """The text of the message."""
    state: DeliveryState
    """`pending`: waits to be sent or retried. `sent`: accepted by Telegram. `failed`: refused, or
    every attempt failed. `dropped`: deliberately not sent. `unknown`: sent without an answer, so
    it may have arrived."""
    detail: Annotated[str | None, Field(examples=["No chat is linked."])]
    """Why it was not sent, or not yet; null when it was sent."""
    channel: Annotated[str, Field(examples=["telegram"])]
    """`telegram` or `web_push`. A reminder is one message for the chat and one for each browser."""
    create_time: datetime
    """When it was queued."""
    send_time: datetime | None
    """When Telegram accepted it."""
    attempts: Annotated[int, Field(examples=[1])]
    """Number of attempts."""
