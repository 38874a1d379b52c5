"""The registry of event handlers: which function handles which event, filled by `consumers.py`.

handlers = Handlers()

@handlers.on(HabitCheckedIn)
async def cheer_for_streak(session: AsyncSession, event: HabitCheckedIn) -> None: ...
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from chassis.events.outbox import routing_key

type Handler[E: Message] = Callable[[AsyncSession, E], Awaitable[None]]
type BatchHandler[E: Message] = Callable[[Connection, Sequence[BatchEvent[E]]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class BatchEvent[E: Message]:
    """One event of a batch."""

    id: UUID
    """What the inbox stores."""
    event: E


@dataclass(frozen=True, slots=True)
class EventDelivery:
    """The metadata of an event being handled."""

    event_id: UUID
    type: str
    """Full proto name."""
    create_time: datetime
    """When the event was written to the outbox."""
    attempts: int
    """How often handling it has failed before."""


class Handlers:
    """The event handlers of one service, by event type."""

    def __init__(self) -> None:
        self._by_type: dict[str, tuple[type[Message], Handler[Any]]] = {}
        self._batches: dict[str, tuple[type[Message], BatchHandler[Any]]] = {}

    def on[E: Message](self, event: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        """Register the decorated function as the one handler of an event type.

        It gets the transaction in which the event's id is stored, and the event. A `Refusal` that
        it raises parks the event; any other error has the event retried.

        Raises:
            ValueError: The event has a handler already, or its proto names no routing key.
        """
        name = self._checked(event)

        def register(handler: Handler[E]) -> Handler[E]:
            self._by_type[name] = (event, handler)
            return handler

        return register

    def on_batch[E: Message](self, event: type[E]) -> Callable[[BatchHandler[E]], BatchHandler[E]]:
        """Register the decorated function as the handler of many events of a type at once.

        It gets a transaction on a connection of the hot pool, and stores the ids in the inbox by
        itself, in the statement of the effect; it returns how many events were new. Where it fails,
        the batch is halved until the event that fails is alone.

        Raises:
            ValueError: The event has a handler already, or its proto names no routing key.
        """
        name = self._checked(event)

        def register(handler: BatchHandler[E]) -> BatchHandler[E]:
            self._batches[name] = (event, handler)
            return handler

        return register

    def find(self, type_name: str) -> tuple[type[Message], Handler[Any]] | None:
        """Return the message type and the handler of an event; None if it has no handler."""
        return self._by_type.get(type_name)

    def find_batch(self, type_name: str) -> tuple[type[Message], BatchHandler[Any]] | None:
        """Return the message type and the batch handler of an event; None if it has none."""
        return self._batches.get(type_name)

    def type_of(self, type_name: str) -> type[Message] | None:
        """Return the message type of an event; None if it has no handler."""
        found = self._by_type.get(type_name) or self._batches.get(type_name)
        return found[0] if found else None

    @property
    def has_batches(self) -> bool:
        """Whether any event is handled in batches."""
        return bool(self._batches)

    @property
    def routing_keys(self) -> tuple[str, ...]:
        """The routing keys to bind the queue to."""
        types = [event for event, _ in (*self._by_type.values(), *self._batches.values())]
        return tuple(sorted({routing_key(event) for event in types}))

    @property
    def events(self) -> tuple[str, ...]:
        """Full proto names of the events that are handled."""
        return tuple(sorted([*self._by_type, *self._batches]))

    def _checked(self, event: type[Message]) -> str:
        """Return the name of an event that has no handler yet."""
        name = event.DESCRIPTOR.full_name
        found = self._by_type.get(name) or self._batches.get(name)
        if found is not None:
            raise ValueError(f"{name} is handled already, by {found[1]}.")
        routing_key(event)
        return name


_delivery: ContextVar[EventDelivery] = ContextVar("delivery")


def current_delivery() -> EventDelivery:
    """Return the metadata of the event being handled.

    Raises:
        LookupError: No event is being handled.
    """
    return _delivery.get()


@contextmanager
def use_delivery(delivery: EventDelivery) -> Iterator[None]:
    """Use this delivery inside the block."""
    token = _delivery.set(delivery)
    try:
        yield
    finally:
        _delivery.reset(token)
