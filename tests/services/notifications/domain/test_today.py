"""Today's list as the chat shows it, and the answers to buttons."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.notifications.domain import replies
from services.notifications.domain.buttons import ButtonAction, ButtonKind, Measure
from services.notifications.domain.event_data import Streak, Unit
from services.notifications.domain.people import Person
from services.notifications.domain.today import (
    MOST_ITEMS,
    ItemState,
    Today,
    TodayItem,
    today_buttons,
    today_text,
)

DAY = date(2026, 11, 23)


def an_item(title: str = "Drink water", **other: Any) -> TodayItem:
    values: dict[str, Any] = {
        "habit_id": uuid4(),
        "title": title,
        "measure": Measure.YES_NO,
        "state": ItemState.OPEN,
        "streak": Streak(0),
        "amount": Decimal(0),
        "asked": Decimal(0),
        "unit": "",
    }
    return TodayItem(**values | other)


RUN = an_item("Run", measure=Measure.QUANTITY, amount=Decimal("2.0"), asked=Decimal(5), unit="km")
COFFEE = an_item("Coffee", measure=Measure.LIMIT, amount=Decimal(1), asked=Decimal(3), unit="cups")
ALL = Today(
    DAY,
    (
        an_item(state=ItemState.MET, streak=Streak(4)),
        an_item("Read", streak=Streak(2, Unit.WEEK)),
        RUN,
        COFFEE,
        an_item("Yoga", state=ItemState.SKIPPED),
        an_item("Call home", state=ItemState.MISSED),
    ),
    due=5,
    met=1,
)


def test_the_list_says_how_each_habit_stands() -> None:
    assert today_text(ALL) == (
        "📅 Mon 23 Nov · 1 of 5 done\n"
        "\n"
        "✅ Drink water · 4 days in a row\n"
        "⬜ Read · 2 weeks in a row\n"
        "⬜ Run · 3 km to go\n"
        "⬜ Coffee · 1 of at most 3 cups\n"
        "⏭ Yoga\n"
        "❌ Call home"
    )


def test_what_is_open_has_buttons() -> None:
    labels = [[it.label for it in row] for row in today_buttons(ALL)]
    assert labels == [["✅ Read", "⏭ Skip"], ["✅ Run", "⏭ Skip"]]


def test_what_was_just_done_can_be_taken_back() -> None:
    undo = RUN.action(ButtonKind.UNDO, DAY)
    assert today_buttons(ALL, undo)[-1][0].label == "↩️ Undo Run"


def test_a_day_without_habits() -> None:
    assert today_text(Today(DAY, (), 0, 0)) == "📅 Mon 23 Nov\n\nNothing is due. Enjoy the day!"


def test_a_long_list_fits_a_message() -> None:
    many = Today(DAY, tuple(an_item("a" * 120) for _ in range(100)), 100, 0)
    assert len(today_text(many)) <= 4096
    assert today_text(many).endswith(f"… and {100 - MOST_ITEMS} more in the app")
    assert len(today_buttons(many)) == MOST_ITEMS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (replies.done_words(Streak(4)), "✅ Done · 4 days in a row"),
        (replies.done_words(Streak(1)), "✅ Done · a new streak begins"),
        (replies.done_words(Streak(0)), "✅ Done"),
        (
            replies.done_words(Streak(2, Unit.MONTH), Decimal("5.0"), "km"),
            "✅ Done · 5 km · 2 months in a row",
        ),
        (replies.skipped_words(Streak(4)), "⏭ Skipped · still 4 days in a row"),
        (replies.skipped_words(Streak(0)), "⏭ Skipped"),
        (
            replies.later_words(
                datetime(2026, 11, 23, 13, 5, tzinfo=UTC),
                Person(owner_id=uuid4(), timezone="Asia/Kolkata"),
            ),
            "⏰ I will remind you again at 18:35",
        ),
        (replies.refusal_words("HABIT_NOT_FOUND", "…"), "This habit no longer exists."),
        (replies.refusal_words("NEW_REASON", "Its sentence."), "Its sentence."),
        (replies.refusal_words("", ""), replies.TRY_AGAIN),
    ],
)
def test_answers(words: str, said: str) -> None:
    assert words == said


@pytest.mark.parametrize(
    ("action", "labels"),
    [
        (ButtonKind.DONE, ["↩️ Undo"]),
        (ButtonKind.SKIP, ["↩️ Undo"]),
        (ButtonKind.LATER, ["✅ Done", "⏭ Skip"]),
        (ButtonKind.UNDO, ["✅ Done", "⏭ Skip", "⏰ Later"]),
    ],
)
def test_an_answered_reminder_can_be_answered_otherwise(
    action: ButtonKind, labels: list[str]
) -> None:
    press = ButtonAction(action=action, habit_id=uuid4(), logical_date=DAY)
    (row,) = replies.answered_buttons(press, revision=3)
    assert [it.label for it in row] == labels


def test_the_title_stays_when_a_reminder_is_answered() -> None:
    text = "🔥 Habit reminder: \"Run\"\nYou haven't completed it today — let's go!"
    assert replies.with_title(text, "✅ Done") == '🔥 Habit reminder: "Run"\n✅ Done'
    assert replies.with_title("", "✅ Done") == "✅ Done"
