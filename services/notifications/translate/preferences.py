"""Preferences, chat links and deliveries on the wire."""

import re
from datetime import time
from typing import Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.rpc.paging import PageTokenInvalid
from contracts.notifications.v1 import chat_link_pb2
from contracts.notifications.v1.notification_service_pb2 import (
    CreateChatLinkResponse,
    UpdatePreferencesRequest,
)
from services.notifications.domain.deliveries import Delivery
from services.notifications.domain.errors import FieldUnknown, WallTimeMalformed
from services.notifications.domain.links import DeepLink
from services.notifications.domain.people import Chat
from services.notifications.domain.preferences import CHOICES, Preferences
from services.notifications.domain.sending import State

_WALL_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_WALL_TIMES = ("quiet_from", "quiet_to", "daily_report_time")
_STATES = {
    State.PENDING: chat_link_pb2.DELIVERY_STATE_PENDING,
    State.SENDING: chat_link_pb2.DELIVERY_STATE_PENDING,
    State.SENT: chat_link_pb2.DELIVERY_STATE_SENT,
    State.FAILED: chat_link_pb2.DELIVERY_STATE_FAILED,
    State.DROPPED: chat_link_pb2.DELIVERY_STATE_DROPPED,
    State.UNKNOWN: chat_link_pb2.DELIVERY_STATE_UNKNOWN,
}


def changes_from_wire(request: UpdatePreferencesRequest) -> dict[str, Any]:
    """Read the values that the mask names; an empty wall time is None.

    Raises:
        FieldUnknown: The mask names something else.
        WallTimeMalformed: A time of day is not `HH:MM`.
    """
    values: dict[str, Any] = {}
    for path in request.update_mask.paths:
        if path not in CHOICES:
            raise FieldUnknown(path)
        value = getattr(request.preferences, path)
        values[path] = _wall_time(path, value) if path in _WALL_TIMES else value
    return values


def preferences_to_wire(preferences: Preferences) -> chat_link_pb2.Preferences:
    """Write preferences."""
    return chat_link_pb2.Preferences(
        telegram_enabled=preferences.telegram_enabled,
        quiet_from=_wall_text(preferences.quiet_from),
        quiet_to=_wall_text(preferences.quiet_to),
        daily_report_time=_wall_text(preferences.daily_report_time),
        weekly_report=preferences.weekly_report,
        monthly_report=preferences.monthly_report,
        streak_cheers=preferences.streak_cheers,
    )


def link_to_wire(link: DeepLink) -> CreateChatLinkResponse:
    """Write a deep link."""
    response = CreateChatLinkResponse(url=link.url)
    response.expire_time.FromDatetime(link.expire_time)
    return response


def chat_to_wire(chat: Chat) -> chat_link_pb2.ChatLink:
    """Write a linked chat, its id masked."""
    wire = chat_link_pb2.ChatLink(
        masked_chat_id=chat.masked_id, chat_title=chat.title, reachable=chat.reachable
    )
    wire.create_time.FromDatetime(chat.create_time)
    return wire


def delivery_to_wire(delivery: Delivery) -> chat_link_pb2.Delivery:
    """Write a message and what became of it."""
    wire = chat_link_pb2.Delivery(
        id=str(delivery.id),
        kind=delivery.kind,
        text=delivery.text,
        state=_STATES[delivery.state],
        detail=delivery.detail,
        attempt_count=delivery.attempts,
        channel=delivery.channel,
    )
    wire.create_time.FromDatetime(delivery.create_time)
    if delivery.send_time is not None:
        send_time = Timestamp()
        send_time.FromDatetime(delivery.send_time)
        wire.send_time.CopyFrom(send_time)
    return wire


def delivery_id_from_page(after: tuple[str, ...] | None) -> UUID | None:
    """Read the key of the last delivery of a page.

    Raises:
        PageTokenInvalid: It is no key of a delivery.
    """
    if after is None:
        return None
    try:
        return UUID(after[0])
    except (IndexError, ValueError):
        raise PageTokenInvalid from None


def _wall_time(field: str, text: str) -> time | None:
    if not text:
        return None
    if not _WALL_TIME.fullmatch(text):
        raise WallTimeMalformed(field, text)
    return time.fromisoformat(text)


def _wall_text(wall: time | None) -> str:
    return f"{wall:%H:%M}" if wall is not None else ""
