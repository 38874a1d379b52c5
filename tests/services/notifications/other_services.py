"""The other services, as publishers of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from aio_pika.abc import AbstractChannel
from google.protobuf.message import Message

from chassis.events import outbox, wire
from chassis.events.topology import declare_exchange
from chassis.ids import uuid7
from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.habit_events_pb2 import (
    HabitCheckedIn,
    HabitReminderDue,
)

if TYPE_CHECKING:
    from tests.services.notifications.conftest import LinkedChats, Person

DAY = "2026-01-09"


class Others:
    """The other services, telling things."""

    def __init__(self, channel: AbstractChannel, chats: LinkedChats) -> None:
        self._channel = channel
        self._town = chats

    async def write_message(
        self, event: Message, *, event_id: UUID | None = None, times: int = 1
    ) -> None:
        """Publish an event, perhaps more than once."""
        told = wire.EventMessage(
            id=event_id or uuid7(),
            type=event.DESCRIPTOR.full_name,
            create_time=datetime.now(UTC),
            request_id="",
            traceparent="",
            body=event.SerializeToString(),
        )
        exchange = await declare_exchange(self._channel)
        for _ in range(times):
            await exchange.publish(wire.to_message(told), outbox.routing_key(type(event)))

    async def messages(self, person: Person) -> list[dict[str, Any]]:
        """Return what has become of everything told so far, as messages for a person."""
        for _ in range(2):  # kinds that came with the first may be handled after it, not the second
            witness = await self._town.person()
            await self.write_message(a_reminder(witness))
            await self._town.written(witness)
        return await self._town.rows(person)


def a_check_in(person: Person, **other: Any) -> HabitCheckedIn:
    events: dict[str, Any] = {
        "owner_id": str(person.id),
        "habit_id": str(uuid4()),
        "title": "Run",
        "check_in_date": DAY,
        "current_streak": check_in_pb2.Streak(length_count=4, unit=check_in_pb2.UNIT_WEEK),
        "source": check_in_pb2.SOURCE_WEB,
    }
    return HabitCheckedIn(**events | other)


def a_reminder(person: Person, **other: Any) -> HabitReminderDue:
    events: dict[str, Any] = {
        "owner_id": str(person.id),
        "habit_id": str(uuid4()),
        "title": "Drink water",
        "due_date": DAY,
        "measure": habit_pb2.MEASURE_YES_NO,
    }
    event = HabitReminderDue(**events | other)
    event.expire_time.FromDatetime(datetime.now(UTC) + timedelta(hours=2))
    return event
