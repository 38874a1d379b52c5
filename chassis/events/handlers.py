"""The registry of event handlers: which function handles which event, filled by `consumers.py`.

handlers = Handlers()

@handlers.on(HabitCheckedIn)
async def cheer_for_streak(session: AsyncSession, event: HabitCheckedIn) -> None: ...
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events.outbox import routing_key

type Handler[E: Message] = Callable[[AsyncSession, E], Awaitable[None]]


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

    def on[E: Message](self, event: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        """Register the decorated function as the one handler of an event type.

        It gets the transaction in which the event's id is stored, and the event. A `Refusal` that
        it raises parks the event; any other error has the event retried.

        Raises:
            ValueError: The event has a handler already, or its proto names no routing key.
        """
        name = event.DESCRIPTOR.full_name
        if name in self._by_type:
            raise ValueError(f"{name} is handled already, by {self._by_type[name][1]}.")
        routing_key(event)

        def register(handler: Handler[E]) -> Handler[E]:
            self._by_type[name] = (event, handler)
            return handler

        return register

    def find(self, type_name: str) -> tuple[type[Message], Handler[Any]] | None:
        """Return the message type and the handler of an event; None if it has no handler."""
        return self._by_type.get(type_name)

    @property
    def routing_keys(self) -> tuple[str, ...]:
        """The routing keys to bind the queue to."""
        return tuple(sorted({routing_key(event) for event, _ in self._by_type.values()}))

    @property
    def events(self) -> tuple[str, ...]:
        """Full proto names of the events that are handled."""
        return tuple(sorted(self._by_type))


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
