"""JSON ⇄ wire for chats, preferences and deliveries."""

from datetime import UTC

from google.protobuf.field_mask_pb2 import FieldMask

from contracts.notifications.v1 import chat_link_pb2
from contracts.notifications.v1.notification_service_pb2 import (
    CreateChatLinkResponse,
    ListDeliveriesResponse,
    UpdatePreferencesRequest,
)
from edge.notifications.schemas import (
    Delivery,
    DeliveryState,
    Link,
    LinkedChat,
    Preferences,
    PreferencesChange,
    QuietHours,
)
from edge.schemas import Page

_STATES = {
    chat_link_pb2.DELIVERY_STATE_PENDING: DeliveryState.PENDING,
    chat_link_pb2.DELIVERY_STATE_SENT: DeliveryState.SENT,
    chat_link_pb2.DELIVERY_STATE_FAILED: DeliveryState.FAILED,
    chat_link_pb2.DELIVERY_STATE_DROPPED: DeliveryState.DROPPED,
    chat_link_pb2.DELIVERY_STATE_UNKNOWN: DeliveryState.UNKNOWN,
}


def link_from_wire(response: CreateChatLinkResponse) -> Link:
    """Return a deep link as JSON."""
    return Link(url=response.url, expire_time=response.expire_time.ToDatetime(UTC))


def chat_from_wire(chat: chat_link_pb2.ChatLink) -> LinkedChat:
    """Return a linked chat as JSON."""
    return LinkedChat(
        chat_id=chat.masked_chat_id,
        chat_title=chat.chat_title,
        create_time=chat.create_time.ToDatetime(UTC),
        reachable=chat.reachable,
    )


def preferences_from_wire(preferences: chat_link_pb2.Preferences) -> Preferences:
    """Return preferences as JSON."""
    quiet = None
    if preferences.quiet_from:
        quiet = QuietHours(**{"from": preferences.quiet_from, "to": preferences.quiet_to})
    return Preferences(
        telegram_enabled=preferences.telegram_enabled,
        quiet_hours=quiet,
        daily_report_time=preferences.daily_report_time or None,
        weekly_report=preferences.weekly_report,
        monthly_report=preferences.monthly_report,
        streak_cheers=preferences.streak_cheers,
    )


def change_to_wire(change: PreferencesChange) -> UpdatePreferencesRequest:
    """Return the request that updates exactly the fields in the body."""
    paths = sorted(change.model_fields_set - {"quiet_hours"})
    if "quiet_hours" in change.model_fields_set:
        paths += ["quiet_from", "quiet_to"]
    quiet = change.quiet_hours
    return UpdatePreferencesRequest(
        preferences=chat_link_pb2.Preferences(
            telegram_enabled=change.telegram_enabled,
            quiet_from=quiet.from_ if quiet else "",
            quiet_to=quiet.to if quiet else "",
            daily_report_time=change.daily_report_time or "",
            weekly_report=change.weekly_report,
            monthly_report=change.monthly_report,
            streak_cheers=change.streak_cheers,
        ),
        update_mask=FieldMask(paths=paths),
    )


def deliveries_from_wire(response: ListDeliveriesResponse) -> Page[Delivery]:
    """Return a page of deliveries. A state that is not known yet is shown as unknown."""
    return Page[Delivery](
        items=[
            Delivery(
                id=it.id,
                kind=it.kind,
                text=it.text,
                state=_STATES.get(it.state, DeliveryState.UNKNOWN),
                detail=it.detail or None,
                channel=it.channel,
                create_time=it.create_time.ToDatetime(UTC),
                send_time=it.send_time.ToDatetime(UTC) if it.HasField("send_time") else None,
                attempts=it.attempt_count,
            )
            for it in response.deliveries
        ],
        next_page_token=response.next_page_token or None,
    )
