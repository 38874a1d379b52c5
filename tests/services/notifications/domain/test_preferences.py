"""Quiet hours and choices."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

import pytest

from services.notifications.domain.delivery_policy import (
    BLOCKED,
    CHEERS_OFF,
    NO_CHAT,
    OUT_OF_DATE,
    SWITCHED_OFF,
    Recipient,
    drop_reason_of,
    is_silent,
)
from services.notifications.domain.errors import (
    FieldUnknown,
    QuietHoursEmpty,
    QuietHoursIncomplete,
)
from services.notifications.domain.messages import Draft, Kind
from services.notifications.domain.people import Chat, Person
from services.notifications.domain.preferences import Preferences

NOW = datetime(2026, 1, 9, 21, 30, tzinfo=UTC)  # 22:30 in Berlin
ADA = uuid4()
CHAT = Chat(owner_id=ADA, chat_id=-1001234567, title="Ada", create_time=NOW)
NIGHT = Preferences(quiet_from=time(22), quiet_to=time(7))


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [
        (time(21, 59), False),
        (time(22), True),
        (time(0), True),
        (time(6, 59), True),
        (time(7), False),
    ],
)
def test_quiet_hours_may_span_midnight(wall: time, quiet: bool) -> None:
    assert NIGHT.quiet_at(wall) is quiet


@pytest.mark.parametrize(
    ("wall", "quiet"), [(time(11), False), (time(12), True), (time(13), False)]
)
def test_quiet_hours_within_a_day(wall: time, quiet: bool) -> None:
    assert Preferences(quiet_from=time(12), quiet_to=time(13)).quiet_at(wall) is quiet


def test_a_change_counts_once() -> None:
    changed = Preferences().changed({"weekly_report": False})
    assert (changed.weekly_report, changed.revision) == (False, 1)
    assert changed.changed({"weekly_report": False}) is changed


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"revision": 7}, FieldUnknown),
        ({"quiet_from": time(22)}, QuietHoursIncomplete),
        ({"quiet_from": time(22), "quiet_to": time(22)}, QuietHoursEmpty),
    ],
)
def test_a_change_is_refused(values: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        Preferences().changed(values)


def recipient(chat: Chat | None = CHAT, preferences: Preferences | None = None) -> Recipient:
    person = Person(owner_id=ADA, timezone="Europe/Berlin")
    return Recipient(person, chat, preferences or Preferences())


def a_draft(kind: Kind = Kind.CHEER, expire_time: datetime | None = None) -> Draft:
    return Draft(
        owner_id=ADA,
        kind=kind,
        text="hello",
        logical_date=date(2026, 1, 9),
        expire_time=expire_time,
    )


@pytest.mark.parametrize(
    ("draft", "to", "reason"),
    [
        (a_draft(), recipient(), ""),
        (a_draft(), recipient(chat=None), NO_CHAT),
        (a_draft(), recipient(preferences=Preferences(telegram_enabled=False)), SWITCHED_OFF),
        (a_draft(), recipient(preferences=Preferences(streak_cheers=False)), CHEERS_OFF),
        (a_draft(Kind.REPORT), recipient(preferences=Preferences(streak_cheers=False)), ""),
        (a_draft(expire_time=NOW), recipient(), OUT_OF_DATE),
    ],
)
def test_what_is_not_told(draft: Draft, to: Recipient, reason: str) -> None:
    assert drop_reason_of(draft, to, now=NOW) == reason


def test_who_has_blocked_the_bot_is_not_written_to() -> None:
    blocked = Chat(owner_id=ADA, chat_id=1, title="", create_time=NOW, reachable=False)
    assert drop_reason_of(a_draft(), recipient(chat=blocked), now=NOW) == BLOCKED


@pytest.mark.parametrize(
    ("kind", "silent"), [(Kind.CHEER, True), (Kind.REPORT, True), (Kind.REMINDER, False)]
)
def test_quiet_hours_silence_by_the_persons_own_clock(kind: Kind, silent: bool) -> None:
    assert is_silent(a_draft(kind), recipient(preferences=NIGHT), now=NOW) is silent


def test_a_chat_is_shown_masked() -> None:
    assert CHAT.masked_id == "•••567"
