"""The backlog: owners take turns, an owner's events keep their order, messages are acked whole."""

from typing import Any, cast

from chassis.events.backlog import ArrivedEvent, ArrivedMessage, Backlog
from contracts.habits.v1.habit_events_pb2 import HabitDeleted
from tests.chassis.events.consumer_harness import an_event


class Builder:
    """A backlog, and the messages that were added to it."""

    def __init__(self) -> None:
        self.backlog = Backlog()
        self.messages: list[ArrivedMessage] = []

    def add(self, owner: str, *names: str) -> None:
        source = ArrivedMessage(cast("Any", len(self.messages)))
        payload = HabitDeleted(owner_id=owner)
        events = [ArrivedEvent(an_event(name), payload, 0, source) for name in names]
        self.backlog.add(source, events)
        self.messages.append(source)


def owners(events: list[ArrivedEvent]) -> list[str]:
    return [cast("HabitDeleted", it.payload).owner_id for it in events]


def test_a_single_event_waits_for_nobodys_backlog() -> None:
    it = Builder()
    for start in range(0, 3650, 50):
        it.add("ann", *(str(n) for n in range(start, start + 50)))
    it.add("bob", "9")
    assert "bob" in owners(it.backlog.take(2))
    assert owners(it.backlog.take(500)) == ["ann"] * 500


def test_the_events_of_an_owner_keep_their_order() -> None:
    it = Builder()
    it.add("ann", "1", "2")
    it.add("bob", "1")
    it.add("ann", "3")
    taken = it.backlog.take(10)
    assert owners(taken) == ["ann", "bob", "ann", "ann"]
    assert not it.backlog
    assert [event.event.body[-1:] for event in taken if owners([event]) == ["ann"]] == [
        b"1", b"2", b"3",
    ]  # fmt: skip


def test_a_message_is_acknowledged_with_all_before_it_and_never_early() -> None:
    it = Builder()
    it.add("ann", "1", "2", "3")
    it.add("bob", "1")
    first = it.backlog.take(2)
    assert owners(first) == ["ann", "bob"]
    assert it.backlog.mark_handled(first) is None
    second = it.backlog.take(1)
    assert it.backlog.mark_handled(second) is None
    assert it.backlog.mark_handled(it.backlog.take(1)) is it.messages[1].message


def test_a_message_without_events_is_acknowledged_in_its_turn() -> None:
    it = Builder()
    it.add("ann")
    assert not it.backlog
    assert it.backlog.mark_handled([]) is it.messages[0].message
