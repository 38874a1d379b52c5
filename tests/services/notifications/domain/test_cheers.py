"""When a check-in is praised, and when somebody is welcomed back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from services.notifications.domain.cheers import Activity, Tone, is_milestone, tone_of
from services.notifications.domain.event_data import HabitDone, Streak, Unit

TODAY = date(2026, 1, 9)


def done(streak: Streak, day: date = TODAY) -> HabitDone:
    return HabitDone(
        owner_id=uuid4(),
        habit_id=uuid4(),
        title="Run",
        logical_date=day,
        streak=streak,
        from_chat=False,
    )


def test_the_milestones() -> None:
    lengths = [it for it in range(1001) if is_milestone(Streak(it, Unit.WEEK))]
    assert lengths == [3, 7, 14, 30, 50, 100, 200, 300, 365, 400, 500, 600, 700, 800, 900, 1000]


def test_a_milestone_is_praised_once_a_day() -> None:
    run = done(Streak(7))
    before = Activity(last_praise_date=TODAY - timedelta(days=1))
    tone = tone_of(run, before, today=TODAY)
    assert tone is Tone.MILESTONE
    after = before.after(run, tone, today=TODAY)
    assert after == Activity(TODAY, TODAY)
    assert tone_of(done(Streak(30)), after, today=TODAY) is Tone.USUAL
    assert tone_of(done(Streak(30)), after, today=TODAY + timedelta(days=1)) is Tone.MILESTONE


@pytest.mark.parametrize(
    ("days_ago", "streak", "tone"),
    [
        (None, Streak(1), Tone.USUAL),  # the very first one
        (7, Streak(1), Tone.USUAL),  # six days between
        (8, Streak(1), Tone.COMEBACK),  # seven
        (8, Streak(0), Tone.COMEBACK),
        (30, Streak(2, Unit.MONTH), Tone.USUAL),  # once a month, and done every month
        (60, Streak(1, Unit.MONTH), Tone.COMEBACK),
        (0, Streak(1), Tone.USUAL),  # another habit of today
        (-3, Streak(1), Tone.USUAL),  # an earlier day, filled in later
    ],
)
def test_a_break_ends_with_a_kind_word(days_ago: int | None, streak: Streak, tone: Tone) -> None:
    last = TODAY - timedelta(days=days_ago) if days_ago is not None else None
    assert tone_of(done(streak), Activity(last_done_date=last), today=TODAY) is tone


def test_a_day_filled_in_does_not_move_the_latest_back() -> None:
    before = Activity(last_done_date=TODAY)
    earlier = done(Streak(0), TODAY - timedelta(days=5))
    assert before.after(earlier, Tone.USUAL, today=TODAY) == before
