"""What follows from each thing that Telegram may say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.notifications.domain.messages import Kind
from services.notifications.domain.rate_limit import OVERALL, PER_CHAT
from services.notifications.domain.sending import (
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    Message,
    NoAnswer,
    NotTaken,
    Outcome,
    Refused,
    State,
    Taken,
    ToldToWait,
    Unreachable,
    fate_of,
    wait_after,
)

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)


def a_message(**other: Any) -> Message:
    facts: dict[str, Any] = {
        "id": uuid4(),
        "owner_id": uuid4(),
        "chat_id": 1,
        "kind": Kind.REMINDER,
        "text": "hello",
        "buttons": (),
        "silent": False,
        "create_time": NOW,
        "expire_time": None,
        "attempts": 1,
        "unknowns": 0,
    }
    return Message(**facts | other)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("message", "outcome", "state", "wait", "unknowns"),
    [
        (a_message(), Taken(7), State.SENT, None, 0),
        (a_message(unknowns=1), Taken(7), State.SENT, None, 1),
        (a_message(), Refused("no"), State.FAILED, None, 0),
        (a_message(), Unreachable("blocked"), State.FAILED, None, 0),
        (a_message(), ToldToWait(9 * SECOND), State.PENDING, 9 * SECOND, 0),
        (a_message(), NotTaken("away"), State.PENDING, SECOND, 0),
        (a_message(attempts=4), NotTaken("away"), State.PENDING, 8 * SECOND, 0),
        (a_message(attempts=MOST_ATTEMPTS), NotTaken("away"), State.FAILED, None, 0),
        (a_message(attempts=MOST_ATTEMPTS), ToldToWait(SECOND), State.FAILED, None, 0),
        (a_message(expire_time=NOW + SECOND), NotTaken("away"), State.DROPPED, None, 0),
        (a_message(expire_time=NOW + 2 * SECOND), NotTaken("away"), State.PENDING, SECOND, 0),
        (a_message(), NoAnswer("silence"), State.PENDING, SECOND, 1),
        (a_message(unknowns=1), NoAnswer("silence"), State.UNKNOWN, None, 2),
    ],
)
def test_the_fate_of_a_message(
    message: Message, outcome: Outcome, state: State, wait: timedelta | None, unknowns: int
) -> None:
    fate = fate_of(message, outcome, now=NOW)
    assert fate.state is state
    assert fate.due_time == (NOW + wait if wait else None)
    assert fate.unknowns == unknowns


def test_waits_double_and_have_a_limit() -> None:
    assert [wait_after(attempts) / SECOND for attempts in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert wait_after(1000) == LONGEST_WAIT


def test_tries_last_longer_than_an_outage_of_two_hours() -> None:
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert sum(waits, timedelta()) > timedelta(hours=2)


def test_the_pace_is_telegrams() -> None:
    """25 a second and the burst before them are Telegram's 30 in any second."""
    assert SECOND / OVERALL.interval == 25
    assert SECOND / OVERALL.interval + OVERALL.burst == 30
    assert PER_CHAT.interval == SECOND
    assert PER_CHAT.tolerance == timedelta()
