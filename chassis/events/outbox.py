"""The outbox: events to be published, written in the transaction of the change they describe."""

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
    """Add events to the outbox: if the transaction commits they are published, in this order.

    Raises:
        ValueError: A message is not an event: its proto names no routing key.
    """
    if events:
        await session.execute(outbox.insert(), [row(event)._asdict() for event in events])


def row(
    event: Message, *, request_id: str | None = None, traceparent: str | None = None
) -> OutboxRow:
    """Return the row of an event, for a statement that writes it together with other rows.

    Args:
        event: A message whose proto names a routing key.
        request_id: The request that caused it; by default that of the current context.
        traceparent: The trace it is part of; by default that of the current context.

    Raises:
        ValueError: The message is not an event: its proto names no routing key.
    """
    context = current_context()
    return OutboxRow(
        id=uuid7(),
        type=event.DESCRIPTOR.full_name,
        routing_key=routing_key(type(event)),
        body=event.SerializeToString(),
        request_id=context.request_id if request_id is None else request_id,
        traceparent=context.traceparent if traceparent is None else traceparent,
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
            raise ValueError(f"{event.DESCRIPTOR.full_name} names no routing key: not an event.")
        _keys[event] = key
    return key


_keys: dict[type[Message], str] = {}
