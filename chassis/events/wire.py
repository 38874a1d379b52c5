"""Events as AMQP messages. One event is one message; a backlog is packed, many in one message.

A single event: body = the event, `message_id` = its id, `type` = its full proto name, `timestamp`,
`correlation_id` = the request that caused it, header `traceparent`.

A pack: header `packed` = how many; body = MessagePack, an array of
`[id, type, milliseconds since 1970, request id, traceparent, body]`. All have one routing key.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import aio_pika
import msgspec
from aio_pika.abc import AbstractIncomingMessage, DeliveryMode, HeadersType

SINGLE = "application/x-protobuf"
PACKED = "application/x-msgpack"
ATTEMPTS = "attempts"
LAST_ERROR = "last_error"

_LONGEST_ERROR = 300


class EventMessage(NamedTuple):
    """One event as the broker carries it."""

    id: UUID
    type: str
    """Full proto name."""
    create_time: datetime
    request_id: str
    traceparent: str
    body: bytes


class MalformedMessage(Exception):
    """A message that is not an event of ours."""


def to_message(
    event: EventMessage, *, attempts: int = 0, error: BaseException | None = None
) -> aio_pika.Message:
    """Return the message of one event; after a failed attempt, with what went wrong."""
    headers: HeadersType = {}
    if event.traceparent:
        headers["traceparent"] = event.traceparent
    if attempts:
        headers[ATTEMPTS] = attempts
    if error is not None:
        headers[LAST_ERROR] = f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
    return aio_pika.Message(
        event.body,
        message_id=str(event.id),
        type=event.type,
        timestamp=event.create_time,
        correlation_id=event.request_id or None,
        content_type=SINGLE,
        headers=headers,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def to_pack(events: Sequence[EventMessage]) -> aio_pika.Message:
    """Return one message that carries many events of one routing key, in this order."""
    rows = [
        (it.id.bytes, it.type, _milliseconds(it), it.request_id, it.traceparent, it.body)
        for it in events
    ]
    return aio_pika.Message(
        msgspec.msgpack.encode(rows),
        message_id=str(events[0].id),
        type=events[0].type,
        timestamp=events[0].create_time,
        content_type=PACKED,
        headers={"packed": len(events)},
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def from_message(message: AbstractIncomingMessage) -> list[EventMessage]:
    """Return the events a message carries, in the order they were published.

    Raises:
        MalformedMessage: The message cannot be read.
    """
    try:
        if "packed" in message.headers:
            return [_from_row(row) for row in _ROWS.decode(message.body)]
        if not message.type:
            raise ValueError("it names no type")
        return [
            EventMessage(
                id=UUID(message.message_id),
                type=message.type,
                create_time=message.timestamp or datetime.now(UTC),
                request_id=message.correlation_id or "",
                traceparent=str(message.headers.get("traceparent", "")),
                body=message.body,
            )
        ]
    except (ValueError, TypeError, AttributeError, msgspec.MsgspecError) as error:
        raise MalformedMessage(f"The message cannot be read: {error}") from error


def copy_with_error(message: AbstractIncomingMessage, error: BaseException) -> aio_pika.Message:
    """Return a copy of a message that cannot be read, to be parked with what was wrong."""
    return _copy(message, {**message.headers, LAST_ERROR: str(error)[:_LONGEST_ERROR]})


def copy_as_new(message: AbstractIncomingMessage) -> aio_pika.Message:
    """Return a copy of a message without any trace of failed attempts."""
    headers = {
        name: value
        for name, value in message.headers.items()
        if name not in (ATTEMPTS, LAST_ERROR) and not name.startswith("x-")
    }
    return _copy(message, headers)


def attempts_of(message: AbstractIncomingMessage) -> int:
    """Return how often handling the event has failed before."""
    attempts = message.headers.get(ATTEMPTS, 0)
    return attempts if isinstance(attempts, int) else 0


_ROWS = msgspec.msgpack.Decoder(list[tuple[bytes, str, int, str, str, bytes]])


def _from_row(row: tuple[bytes, str, int, str, str, bytes]) -> EventMessage:
    event_id, type_name, milliseconds, request_id, traceparent, body = row
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return EventMessage(UUID(bytes=event_id), type_name, moment, request_id, traceparent, body)


def _copy(message: AbstractIncomingMessage, headers: HeadersType) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        message_id=message.message_id,
        type=message.type,
        timestamp=message.timestamp,
        correlation_id=message.correlation_id,
        content_type=message.content_type,
        headers=headers,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def _milliseconds(event: EventMessage) -> int:
    return int(event.create_time.timestamp() * 1000)
