"""Events that have arrived and wait to be handled, taken in turn between their owners.

A person who fills in ten years at once has thousands of events waiting; another person's single
check-in that arrives after them is in the next batch all the same. Events of one owner keep their
order.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from aio_pika.abc import AbstractIncomingMessage
from google.protobuf.message import Message

from chassis.events.wire import EventMessage


@dataclass(slots=True)
class ArrivedMessage:
    """A message of the broker, with the number of its events that are not handled yet."""

    message: AbstractIncomingMessage
    open_count: int = 0


@dataclass(frozen=True, slots=True)
class ArrivedEvent:
    """One event of a message."""

    event: EventMessage
    payload: Message | None
    """The decoded event; None if it cannot be decoded, or nobody handles it."""
    attempts: int
    """How often handling it has failed before."""
    source: ArrivedMessage


@dataclass(slots=True)
class Backlog:
    """The events that wait, in one queue for each owner."""

    _by_owner: OrderedDict[str, deque[ArrivedEvent]] = field(default_factory=OrderedDict)
    _messages: deque[ArrivedMessage] = field(default_factory=deque)
    """In order of arrival, until they are acknowledged."""

    def __bool__(self) -> bool:
        """Whether any event waits."""
        return bool(self._by_owner)

    def add(self, message: ArrivedMessage, events: Sequence[ArrivedEvent]) -> None:
        """Append the events of a message, each to the queue of its owner."""
        message.open_count = len(events)
        self._messages.append(message)
        for event in events:
            owner = owner_of(event.payload)
            self._by_owner.setdefault(owner, deque()).append(event)

    def take(self, limit: int) -> list[ArrivedEvent]:
        """Remove and return at most `limit` events: one of each owner in turn, oldest first."""
        taken: list[ArrivedEvent] = []
        while self._by_owner and len(taken) < limit:
            owner, queue = self._by_owner.popitem(last=False)
            taken.append(queue.popleft())
            if queue:
                self._by_owner[owner] = queue
        return taken

    def mark_handled(self, events: Sequence[ArrivedEvent]) -> AbstractIncomingMessage | None:
        """Return the last message that can be acknowledged with all before it; None if none can."""
        for event in events:
            event.source.open_count -= 1
        last = None
        while self._messages and self._messages[0].open_count == 0:
            last = self._messages.popleft().message
        return last


def owner_of(payload: Message | None) -> str:
    """Return the person an event is about; empty where it names none."""
    if payload is None:
        return ""
    return str(getattr(payload, "owner_id", "") or getattr(payload, "account_id", ""))
