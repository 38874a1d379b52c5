"""Events on their way out: written in the transaction of the change they tell of."""

from typing import NamedTuple
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.context import current_context
from chassis.ids import uuid7
from contracts.events.v1.routing_pb2 import routing_key as routing_key_option


class OutboxRow(NamedTuple):
    """One event as a row of `outbox`; the columns left out have defaults."""

    id: UUID
    type: str
    routing_key: str
    body: bytes
    request_id: str
    traceparent: str


async def add(session: AsyncSession, outbox: Table, *events: Message) -> None:
    """Announce events: they leave if the transaction commits, in this order, and never otherwise.

    Raises:
        ValueError: A message is no event: its proto names no routing key.
    """
    if events:
        await session.execute(outbox.insert(), [row(event)._asdict() for event in events])


def row(
    event: Message, *, request_id: str | None = None, traceparent: str | None = None
) -> OutboxRow:
    """Return the row of an event, for a statement that writes it together with other things.

    Args:
        event: A message whose proto names a routing key.
        request_id: The request it came of; that of the present work when left out.
        traceparent: The trace it is part of; that of the present work when left out.

    Raises:
        ValueError: The message is no event: its proto names no routing key.
    """
    work = current_context()
    return OutboxRow(
        id=uuid7(),
        type=event.DESCRIPTOR.full_name,
        routing_key=routing_key(type(event)),
        body=event.SerializeToString(),
        request_id=work.request_id if request_id is None else request_id,
        traceparent=work.traceparent if traceparent is None else traceparent,
    )


def routing_key(event: type[Message]) -> str:
    """Return the routing key that the event's proto names.

    Raises:
        ValueError: It names none.
    """
    key = _keys.get(event)
    if key is None:
        key = event.DESCRIPTOR.GetOptions().Extensions[routing_key_option]
        if not key:
            raise ValueError(f"{event.DESCRIPTOR.full_name} names no routing key: no event.")
        _keys[event] = key
    return key


_keys: dict[type[Message], str] = {}
