"""Rules about slips, fresh starts, days away, small steps and cues: a table of cases for each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest

from rhythm.plan import Pause
from rhythm.schedule import Weekday
from services.analytics.domain.i18n import use_language
from services.analytics.domain.recommend import RuleInput, Suggestion, rank_suggestions
from tests.services.analytics.domain.rule_inputs import (
    TODAY,
    at_least,
    at_most,
    days_ago,
    every_day,
    rule_input,
    rules_for,
    suggestion_of,
)


def but(count: int, *missed: int) -> list[date]:
    """The full days before today, so many, but for those so many days ago."""
    return [day for day in every_day(count) if day not in [days_ago(n) for n in missed]]


def named(it: RuleInput, title: str, number: int) -> RuleInput:
    """The same habit under another title and id."""
    habit = replace(it.habit, id=UUID(int=number), title=title)
    return replace(it, record=replace(it.record, habit=habit))


def scattered(days: Sequence[date]) -> dict[date, datetime]:
    """Check-ins of each day at another hour of it."""
    return {
        day: datetime.combine(day, time(7 + n * 5 % 16), tzinfo=UTC) for n, day in enumerate(days)
    }


@pytest.mark.parametrize(
    ("done", "holds"),
    [
        (but(30, 1), True),
        (but(30, 1, 2), True),
        (but(30, 1, 2, 3), False),  # no slip any more
        (every_day(30), False),
        (but(11, 1), True),  # after ten in a row
        (but(10, 1), False),  # after nine
        ([*but(30, 1), TODAY], False),  # today is done already
    ],
)
def test_a_slip(done: list[date], holds: bool) -> None:
    assert ("slip" in rules_for(rule_input(done=done))) is holds


def test_a_slip_says_that_it_does_not_matter() -> None:
    it = suggestion_of("slip", rule_input(done=but(30, 1)))
    assert it.text.startswith('"Run" was missed 1 time after 29 in a row. One slip takes nothing')
    assert (it.evidence["missed_units"], it.evidence["run"]) == (1, 29)
    assert it.action == {"kind": "check_in", "date": "2026-01-09"}


def test_an_amount_is_asked_as_it_is_left() -> None:
    amounts = dict.fromkeys(but(30, 1), 8)
    it = rule_input(amounts=amounts | {TODAY: 5}, goal=at_least("8"))
    assert suggestion_of("slip", it).action["amount"] == "3"


def test_a_limit_has_no_slip_to_mend_by_doing() -> None:
    it = rule_input(amounts={days_ago(1): 5}, goal=at_most("2"))
    assert "slip" not in rules_for(it)


@pytest.mark.parametrize(
    ("done", "since", "holds"),
    [
        ([days_ago(5), days_ago(9)], 20, True),
        (every_day(20), 20, False),
        ([days_ago(5)], 12, False),  # thirteen days are too thin
        ([days_ago(5), days_ago(9)], 40, False),  # four weeks are the matter of another rule
        ([days_ago(n) for n in (1, 2, 3, 4)], 20, False),  # it is getting better
    ],
)
def test_a_small_step(done: list[date], since: int, holds: bool) -> None:
    assert ("small_step" in rules_for(rule_input(done=done, since=since))) is holds


def test_a_small_step_is_what_was_done_really() -> None:
    it = suggestion_of("small_step", rule_input(done=[days_ago(5), days_ago(9)], since=20))
    assert it.text == (
        '"Run" is hard to get going: 2 of 20 times (10 %). '
        "Small steps become habits sooner: once a week?"
    )
    assert it.action["schedule"] == {"frequency": "weekly", "times": 1}


@pytest.mark.parametrize(
    ("week_start", "missed", "holds"),
    [
        (Weekday.FRI, (1, 3, 5, 6), True),
        (Weekday.MON, (1, 3, 5, 6), False),  # a week begins on another day
        (Weekday.FRI, (3, 6), False),  # the week was no worse
    ],
)
def test_a_fresh_start(week_start: Weekday, missed: tuple[int, ...], holds: bool) -> None:
    it = rule_input(done=but(50, *missed))
    person = replace(it.person, week_start=week_start)
    assert ("fresh_start" in rules_for(replace(it, person=person))) is holds


def away(days: int, habits: int = 3, **fields: object) -> list[RuleInput]:
    """Habits that were done every day, and then not for some days."""
    return [
        named(rule_input(done=every_day(40)[:-days], **fields), f"Habit {n}", n)  # type: ignore[arg-type]
        for n in range(1, habits + 1)
    ]


def rules_of(subjects: Sequence[RuleInput]) -> set[str]:
    return {it.rule for it in rank_suggestions(subjects)}


@pytest.mark.parametrize(
    ("subjects", "holds"),
    [
        (away(3), True),
        (away(13), True),
        (away(2), False),
        (away(14), False),  # a break, not a journey
        (away(5, habits=1), False),  # one habit is not a person
        (away(5, pauses=(Pause(days_ago(5), None),)), False),  # paused already
        ([*away(5), named(rule_input(done=every_day(40)), "Read", 9)], False),
    ],
)
def test_days_away(subjects: list[RuleInput], holds: bool) -> None:
    assert ("away" in rules_of(subjects)) is holds


def test_days_away_become_a_pause_of_everything() -> None:
    (found,) = [it for it in rank_suggestions(away(8)) if it.rule == "away"]
    assert found.habit_id is None
    assert found.text.startswith("Nothing was recorded for 8 days. Were you away?")
    assert found.action == {"kind": "pause", "from_date": "2026-01-01", "to_date": "2026-01-08"}
    assert found.evidence == {"silent_days": 8, "habits": 3, "missed_units": 24}
    assert "comeback" not in rules_of(away(8))


UNSTEADY = [day for n, day in enumerate(every_day(42)) if n % 5 in (0, 2, 4)]


@pytest.mark.parametrize(
    ("reminders", "at", "holds"),
    [
        ((), None, True),
        ((time(8),), None, False),  # it has a cue
        ((), time(7), False),  # it has its time already
    ],
)
def test_a_fixed_time(reminders: tuple[time, ...], at: time | None, holds: bool) -> None:
    moments = scattered(UNSTEADY) if at is None else None
    it = rule_input(done=UNSTEADY, moments=moments, reminders=reminders)
    assert ("fixed_time" in rules_for(it)) is holds


def test_a_fixed_time_is_the_middle_of_the_times() -> None:
    it = suggestion_of("fixed_time", rule_input(done=UNSTEADY, moments=scattered(UNSTEADY)))
    assert it.action["kind"] == "set_reminder"
    assert str(it.evidence["earliest"]) < str(it.action["time"]) < str(it.evidence["latest"])


def stacked(anchor_days: int) -> list[Suggestion]:
    weak = named(rule_input(done=UNSTEADY, moments=scattered(UNSTEADY)), "Stretch", 8)
    anchor = named(rule_input(done=every_day(anchor_days), at=time(7, 10)), "Coffee", 9)
    return rank_suggestions([weak, anchor])


def test_an_unsteady_habit_is_stacked_on_a_steady_one() -> None:
    (it,) = [it for it in stacked(40) if it.rule == "stack"]
    assert it.text == (
        '"Coffee" happens nearly daily around 07:00 (100 %). Do "Stretch" right after it?'
    )
    assert it.habit_id == UUID(int=8)
    assert it.action == {
        "kind": "set_reminder",
        "time": "07:00",
        "text": 'After "Coffee": "Stretch"',
    }
    assert it.evidence["anchor_habit_id"] == str(UUID(int=9))
    assert "fixed_time" not in {it.rule for it in stacked(40)}


def test_a_habit_that_is_not_steady_is_no_anchor() -> None:
    assert "stack" not in {it.rule for it in stacked(15)}


@pytest.mark.parametrize(
    ("subjects", "text"),
    [
        (
            [rule_input(done=every_day(12), now=time(21))],
            'Серия "Run" (12 дней) прервётся в 00:00. Её ещё можно сохранить.',
        ),
        (
            [rule_input(done=every_day(60)[:-31])],
            'По "Run" ничего не было уже 31 день. Убрать в архив? История останется, '
            "вернуть можно в любой день.",
        ),
        (
            [rule_input(done=[day for day in every_day(60) if day.weekday() != Weekday.SUN])],
            '"Run" идёт хорошо (100 %), но не по воскресеньям: 0 из 8. Сделать эти дни выходными?',
        ),
        (away(3), "Уже 3 дня нет ни одной отметки. Вы были в отъезде?"),
    ],
)
def test_sentences_are_in_the_persons_language(subjects: list[RuleInput], text: str) -> None:
    with use_language("ru"):
        assert any(it.text.startswith(text) for it in rank_suggestions(subjects))


def test_nothing_of_it_is_said_of_thin_data() -> None:
    thin = [named(rule_input(since=12, done=but(12, 1)), f"Habit {n}", n) for n in range(3)]
    assert rank_suggestions(thin) == []
