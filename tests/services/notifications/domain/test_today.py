"""Today's list as the chat shows it, and the answers to buttons."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.notifications.domain import replies
from services.notifications.domain.answer_buttons import answered_buttons
from services.notifications.domain.buttons import ButtonAction, ButtonKind, Measure
from services.notifications.domain.event_data import Streak, Unit
from services.notifications.domain.people import Person
from services.notifications.domain.today import (
    PAGE_SIZE,
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
        an_item(state=ItemState.MET, streak=Streak(4), recorded=True, revision=3),
        an_item("Read", streak=Streak(2, Unit.WEEK)),
        RUN,
        COFFEE,
        an_item("Yoga", state=ItemState.SKIPPED),
        an_item("Call home", state=ItemState.MISSED),
    ),
    due=5,
    met=1,
)


def labels(today: Today, page: int = 0) -> list[list[str]]:
    return [[it.label for it in row] for row in today_buttons(today, page)]


def test_the_board_shows_open_habits_first() -> None:
    assert today_text(ALL) == (
        "📅 Mon 23 Nov · 1 of 5 done\n"
        "\n"
        "⬜ Read · 🔥 2 weeks in a row\n"
        "⬜ Run · 3 km to go\n"
        "⬜ Coffee · 1 of at most 3 cups\n"
        "✅ Drink water · 🔥 4 days in a row\n"
        "⏭ Yoga\n"
        "❌ Call home"
    )


def test_a_share_of_a_longer_goal_is_rounded_for_people() -> None:
    """A week that is cut short asks for 11.429 km of 20; nothing looks done before it is."""
    asked = Decimal("11.429")
    nearly = replace(RUN, amount=Decimal("11.428"), asked=asked)
    open_one = replace(RUN, amount=Decimal(0), asked=asked)
    text = today_text(Today(DAY, (open_one, nearly), due=2, met=0))
    assert "⬜ Run · 11.43 km to go\n⬜ Run · 0.01 km to go" in text
    assert replies.added_text(Decimal(5), Decimal("19.999"), "km") == "➕ 5 km · 19.99 km so far"
    assert replies.done_text(Streak(0), asked, "km") == "✅ Done · 11.43 km"


def test_each_habit_has_the_buttons_that_make_sense() -> None:
    assert labels(ALL) == [
        ["✅ Read", "⏭", "📝"],
        ["✅ Run", "+1", "+5", "…", "⏭"],
        ["Coffee +1", "+5", "…"],
        ["↩️ Undo Drink water", "📝"],
        ["◀ Sun 22 Nov"],
    ]


def test_another_day_leads_forward_again() -> None:
    yesterday = replace(ALL, latest=False)
    assert labels(yesterday)[-1] == ["◀ Sun 22 Nov", "Tue 24 Nov ▶"]


def test_a_day_without_habits() -> None:
    text = today_text(Today(DAY, (), 0, 0))
    assert text.startswith("📅 Mon 23 Nov\n\nNothing is due. Enjoy the day!")
    assert text.endswith("/new makes a habit, /habits shows yours.")


def test_a_perfect_day_is_celebrated_in_place() -> None:
    done = Today(DAY, (an_item(state=ItemState.MET),), due=1, met=1)
    assert today_text(done).endswith("🎉 A perfect day: everything is done!")


@pytest.mark.parametrize(
    ("state", "unit", "is_perfect"),
    [
        (ItemState.MET, Unit.WEEK, True),
        (ItemState.SKIPPED, Unit.WEEK, True),
        (ItemState.OPEN, Unit.WEEK, False),  # the total of the week is still to come
        (ItemState.MISSED, Unit.DAY, False),
    ],
)
def test_a_perfect_day_leaves_nothing_open(state: ItemState, unit: Unit, is_perfect: bool) -> None:
    week = an_item("Run", measure=Measure.QUANTITY, state=state, streak=Streak(2, unit))
    missed = state is ItemState.MISSED
    today = Today(DAY, (an_item(state=ItemState.MET), week), due=2, met=1 if missed else 2)
    assert ("🎉" in today_text(today)) is is_perfect


def test_a_week_that_is_met_makes_no_perfect_day() -> None:
    """As in analytics, whose perfect days count what was due on the day itself."""
    week = an_item("Run", state=ItemState.MET, streak=Streak(2, Unit.WEEK))
    assert "🎉" not in today_text(Today(DAY, (week,), due=1, met=1))


def test_forty_habits_come_in_pages_open_ones_first() -> None:
    done = [an_item(f"Done {number}", state=ItemState.MET) for number in range(30)]
    still = [an_item(f"Open {number}") for number in range(10)]
    many = Today(DAY, (*done, *still), 40, 30)
    titles = [it.title for page in range(5) for it in many.page(page)]
    assert titles == [it.title for it in (*still, *done)]
    assert labels(many)[0] == ["✅ Open 0", "⏭", "📝"]
    assert labels(many)[-1] == ["◀ Sun 22 Nov", "1/5 ▾"]
    assert len(many.page(0)) == PAGE_SIZE


def test_a_page_of_the_longest_titles_fits_a_message() -> None:
    many = Today(DAY, tuple(an_item("😀" * 120) for _ in range(100)), 100, 0)
    assert len(today_text(many).encode("utf-16-le")) // 2 <= 4096


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (replies.done_text(Streak(4)), "✅ Done · 4 days in a row"),
        (replies.done_text(Streak(1)), "✅ Done · a new streak begins"),
        (replies.done_text(Streak(0)), "✅ Done"),
        (
            replies.done_text(Streak(2, Unit.MONTH), Decimal("5.0"), "km"),
            "✅ Done · 5 km · 2 months in a row",
        ),
        (replies.skipped_text(Streak(4)), "⏭ Skipped · still 4 days in a row"),
        (replies.skipped_text(Streak(0)), "⏭ Skipped"),
        (
            replies.later_text(
                datetime(2026, 11, 23, 13, 5, tzinfo=UTC),
                Person(owner_id=uuid4(), timezone="Asia/Kolkata"),
            ),
            "⏰ I will remind you again at 18:35",
        ),
        (replies.refusal_text("HABIT_NOT_FOUND", "…"), "This habit no longer exists."),
        (replies.refusal_text("NEW_REASON", "Its sentence."), "Its sentence."),
        (replies.refusal_text("", ""), replies.TRY_AGAIN),
    ],
)
def test_answers(words: str, said: str) -> None:
    assert words == said


@pytest.mark.parametrize(
    ("action", "labels"),
    [
        (ButtonKind.DONE, ["↩️ Undo"]),
        (ButtonKind.SKIP, ["↩️ Undo"]),
        (ButtonKind.SNOOZE, ["✅ Done", "⏭ Skip"]),
        (ButtonKind.UNDO, ["✅ Done", "⏭ Skip", "⏰ Later"]),
    ],
)
def test_an_answered_reminder_can_be_answered_otherwise(
    action: ButtonKind, labels: list[str]
) -> None:
    press = ButtonAction(kind=action, habit_id=uuid4(), logical_date=DAY)
    (row,) = answered_buttons(press, revision=3)
    assert [it.label for it in row] == labels


def test_the_title_stays_when_a_reminder_is_answered() -> None:
    text = "🔥 Habit reminder: \"Run\"\nYou haven't completed it today — let's go!"
    assert replies.with_title(text, "✅ Done") == '🔥 Habit reminder: "Run"\n✅ Done'
    assert replies.with_title("", "✅ Done") == "✅ Done"
