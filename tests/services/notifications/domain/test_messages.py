"""The words of what is sent, case by case."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notifications.domain.buttons import (
    LONGEST_DATA_BYTES,
    LONGEST_LABEL,
    ButtonAction,
    ButtonKind,
    Measure,
    MessageKind,
    button,
    parse_button_action,
)
from services.notifications.domain.cheers import Activity, tone_of
from services.notifications.domain.event_data import (
    HabitDone,
    Period,
    ReminderDue,
    ReportCreated,
    Streak,
    Unit,
)
from services.notifications.domain.messages import CHEER_LIFETIME, cheer, reminder, report

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
ADA, WATER = uuid4(), uuid4()


def a_reminder(**other: Any) -> ReminderDue:
    values: dict[str, Any] = {
        "owner_id": ADA,
        "habit_id": WATER,
        "title": "Drink water",
        "text": "",
        "due_date": date(2026, 1, 9),
        "missing": None,
        "unit": "",
        "measure": Measure.YES_NO,
        "expire_time": None,
    }
    return ReminderDue(**values | other)


def a_check_in(streak: Streak) -> HabitDone:
    return HabitDone(
        owner_id=ADA,
        habit_id=WATER,
        title="Run",
        logical_date=date(2026, 1, 9),
        streak=streak,
        from_chat=False,
    )


def a_report(**other: Any) -> ReportCreated:
    values: dict[str, Any] = {
        "owner_id": ADA,
        "period": Period.DAILY,
        "completed_habits": 3,
        "due": 15,
        "met": 12,
        "perfect_days": 1,
        "streak": Streak(4),
        "recommendation": "Keep going.",
    }
    return ReportCreated(**values | other)


@pytest.mark.parametrize(
    ("due", "text"),
    [
        (
            a_reminder(),
            "🔥 Habit reminder: \"Drink water\"\nYou haven't completed it today — let's go!",
        ),
        (
            a_reminder(text="The bottle is on the desk."),
            '🔥 Habit reminder: "Drink water"\nThe bottle is on the desk.',
        ),
        (
            a_reminder(title="Run", measure=Measure.QUANTITY, missing=Decimal("3.000"), unit="km"),
            "🔥 Habit reminder: \"Run\"\nYou haven't completed it today — let's go!\n3 km to go",
        ),
        (
            a_reminder(title="Read", text="Chapter 4.", missing=Decimal("100"), unit="pages"),
            '🔥 Habit reminder: "Read"\nChapter 4.\n100 pages to go',
        ),
        (
            a_reminder(title="Save", missing=Decimal("2.50"), measure=Measure.QUANTITY),
            "🔥 Habit reminder: \"Save\"\nYou haven't completed it today — let's go!\n2.5 to go",
        ),
        (
            a_reminder(missing=Decimal("1.000"), measure=Measure.QUANTITY, unit="glasses"),
            "🔥 Habit reminder: \"Drink water\"\nYou haven't completed it today — let's go!\n"
            "1 glass to go",
        ),
        (
            a_reminder(title="Run", text="Out.", missing=Decimal("11.429"), unit="km"),
            '🔥 Habit reminder: "Run"\nOut.\n11.43 km to go',
        ),
        (
            a_reminder(title="Run", text="Out.", missing=Decimal("0.001"), unit="km"),
            '🔥 Habit reminder: "Run"\nOut.\n0.01 km to go',
        ),
        (
            a_reminder(title="Coffee", measure=Measure.LIMIT),
            '🔥 Habit reminder: "Coffee"\nRemember: this one is about staying below your limit.',
        ),
    ],
)
def test_a_reminder_says(due: ReminderDue, text: str) -> None:
    assert reminder(due).text == text


def test_a_reminder_can_be_answered_in_three_ways() -> None:
    (row,) = reminder(a_reminder()).buttons
    presses = [parse_button_action(it.data) for it in row]
    assert [it.label for it in row] == ["✅ Done", "⏭ Skip", "⏰ Later"]
    assert [press and press.kind for press in presses] == ["d", "s", "l"]
    assert {press and (press.habit_id, press.logical_date) for press in presses} == {
        (WATER, date(2026, 1, 9))
    }


def test_a_limit_is_not_done_by_a_button() -> None:
    first, amounts = reminder(a_reminder(measure=Measure.LIMIT)).buttons
    assert [it.label for it in first] == ["⏭ Skip", "⏰ Later"]
    assert [it.label for it in amounts] == ["+1", "+5", "Other…"]


@pytest.mark.parametrize(
    ("streak", "text"),
    [
        (Streak(0), '✅ "Run": done. Well done!'),
        (Streak(1), '🎉 "Run": done. A new streak begins!'),
        (Streak(2), '🔥 "Run": 2 days in a row. Keep it up!'),
        (Streak(3, Unit.WEEK), '🏆 "Run": 3 weeks in a row! That is something to be proud of.'),
        (Streak(4, Unit.WEEK), '🔥 "Run": 4 weeks in a row. Keep it up!'),
        (Streak(7), '🏆 "Run": 7 days in a row! That is something to be proud of.'),
        (Streak(500), '🏆 "Run": 500 days in a row! That is something to be proud of.'),
    ],
)
def test_a_cheer_grows_with_the_streak(streak: Streak, text: str) -> None:
    done = a_check_in(streak)
    tone = tone_of(done, Activity(), today=done.logical_date)
    draft = cheer(done, now=NOW, tone=tone)
    assert draft.text == text
    assert draft.expire_time == NOW + CHEER_LIFETIME


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (
            a_report(),
            "💡 Daily Report Ready!\n• 3 habits completed\n• Streak: 4 days\n"
            "• Recommendation: Keep going.",
        ),
        (
            a_report(completed_habits=1, streak=Streak(1), recommendation=""),
            "💡 Daily Report Ready!\n• 1 habit completed\n• Streak: 1 day",
        ),
        (
            a_report(completed_habits=0, streak=Streak(0), recommendation=""),
            "💡 Daily Report Ready!\n• 0 habits completed\n• Streak: 0 days",
        ),
        (
            a_report(period=Period.WEEKLY, streak=Streak(2, Unit.WEEK)),
            "💡 Weekly Report Ready!\n• 12 of 15 goals met (80%)\n• 1 perfect day\n"
            "• Streak: 2 weeks\n• Recommendation: Keep going.",
        ),
        (
            a_report(period=Period.MONTHLY, due=0, met=0, perfect_days=0, recommendation=""),
            "💡 Monthly Report Ready!\n• 0 of 0 goals met\n• 0 perfect days\n• Streak: 4 days",
        ),
    ],
)
def test_a_report_says(made: ReportCreated, text: str) -> None:
    assert report(made, now=NOW).text == text


@pytest.mark.parametrize("action", ButtonKind)
@pytest.mark.parametrize("message_kind", MessageKind)
def test_a_button_remembers_its_press(action: ButtonKind, message_kind: MessageKind) -> None:
    press = ButtonAction(
        kind=action,
        habit_id=uuid4(),
        logical_date=date(9999, 12, 31),
        measure=Measure.QUANTITY,
        message_kind=message_kind,
        revision=9_999_999_999,
        page=99,
        value=Decimal("1000000000.123"),
    )
    assert parse_button_action(press.to_data()) == press
    assert len(press.to_data().encode()) <= LONGEST_DATA_BYTES


@pytest.mark.parametrize(
    "data", ["", "x", "dyr", "hello world", "dyr" + "A" * 22 + "20261399", "dyr" + "é" * 30]
)
def test_a_button_of_another_time_is_no_press(data: str) -> None:
    assert parse_button_action(data) is None


def test_a_long_label_is_cut() -> None:
    press = ButtonAction(kind=ButtonKind.DONE, habit_id=UUID(int=1), logical_date=date(2026, 1, 9))
    label = button("✅ " + "a" * 200, press).label
    assert len(label) == LONGEST_LABEL
    assert label.endswith("…")


def test_a_report_lives_a_day() -> None:
    assert report(a_report(), now=NOW).expire_time == NOW + timedelta(days=1)
