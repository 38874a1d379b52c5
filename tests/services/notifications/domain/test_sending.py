"""What follows from each thing that Telegram may say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.notifications.domain.messages import Kind
from services.notifications.domain.rate_limit import OVERALL, PER_CHAT
from services.notifications.domain.sending import (
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    Delivered,
    Message,
    NotDelivered,
    RateLimited,
    Rejected,
    SendResult,
    State,
    Unconfirmed,
    Unreachable,
    backoff,
    delivery_outcome,
)

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)


def a_message(**other: Any) -> Message:
    values: dict[str, Any] = {
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
        "unconfirmed_attempts": 0,
    }
    return Message(**values | other)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("message", "result", "state", "wait", "unconfirmed_attempts"),
    [
        (a_message(), Delivered(7), State.SENT, None, 0),
        (a_message(unconfirmed_attempts=1), Delivered(7), State.SENT, None, 1),
        (a_message(), Rejected("no"), State.FAILED, None, 0),
        (a_message(), Unreachable("blocked"), State.FAILED, None, 0),
        (a_message(), RateLimited(9 * SECOND), State.PENDING, 9 * SECOND, 0),
        (a_message(), NotDelivered("away"), State.PENDING, SECOND, 0),
        (a_message(attempts=4), NotDelivered("away"), State.PENDING, 8 * SECOND, 0),
        (a_message(attempts=MAX_ATTEMPTS), NotDelivered("away"), State.FAILED, None, 0),
        (a_message(attempts=MAX_ATTEMPTS), RateLimited(SECOND), State.FAILED, None, 0),
        (a_message(expire_time=NOW + SECOND), NotDelivered("away"), State.DROPPED, None, 0),
        (a_message(expire_time=NOW + 2 * SECOND), NotDelivered("away"), State.PENDING, SECOND, 0),
        (a_message(), Unconfirmed("silence"), State.PENDING, SECOND, 1),
        (a_message(unconfirmed_attempts=1), Unconfirmed("silence"), State.UNKNOWN, None, 2),
    ],
)
def test_the_outcome_of_a_send(
    message: Message,
    result: SendResult,
    state: State,
    wait: timedelta | None,
    unconfirmed_attempts: int,
) -> None:
    outcome = delivery_outcome(message, result, now=NOW)
    assert outcome.state is state
    assert outcome.due_time == (NOW + wait if wait else None)
    assert outcome.unconfirmed_attempts == unconfirmed_attempts


def test_waits_double_and_have_a_limit() -> None:
    assert [backoff(attempts) / SECOND for attempts in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert backoff(1000) == LONGEST_WAIT


def test_tries_last_longer_than_an_outage_of_two_hours() -> None:
    waits = [backoff(attempts) for attempts in range(1, MAX_ATTEMPTS)]
    assert sum(waits, timedelta()) > timedelta(hours=2)


def test_the_pace_is_telegrams() -> None:
    """At most 25 in any second of Telegram's 30, however they are spread, and one a chat."""
    assert 24 < SECOND / OVERALL.interval <= 25
    assert OVERALL.burst == 1
    assert SECOND <= PER_CHAT.interval < SECOND * 1.1
    assert PER_CHAT.tolerance == timedelta()
