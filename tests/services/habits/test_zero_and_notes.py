"""An amount of 0 is an answer, and a note can be set without the day, over gRPC."""

import pytest

from contracts.habits.v1.check_in_pb2 import MARK_DONE, MARK_SKIP, MARK_UNSPECIFIED
from contracts.habits.v1.check_in_service_pb2 import (
    CheckInChange,
    ListChangesRequest,
    ListCheckInsRequest,
    SetAction,
)
from contracts.habits.v1.habit_events_pb2 import CheckInChanged, HabitCheckedIn
from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_MOST,
    FREQUENCY_DAILY,
    FREQUENCY_WEEKLY,
    MEASURE_QUANTITY,
    NO_ANSWER_FAILURE,
    Goal,
    Habit,
    Schedule,
)
from contracts.habits.v1.progress_service_pb2 import OUTCOME_FAILED, OUTCOME_MET
from tests.services.habits.api_calls import edit, history, write
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused

LIMIT = Goal(direction=DIRECTION_AT_MOST, amount="2", no_answer=NO_ANSWER_FAILURE)


async def a_limit(ann: Person, *, weekly: bool = False) -> Habit:
    frequency = FREQUENCY_WEEKLY if weekly else FREQUENCY_DAILY
    return await ann.makes(
        measure=MEASURE_QUANTITY,
        goal=LIMIT,
        schedule=Schedule(frequency=frequency),
        start_date=str(ago(16)),
    )


class TestZero:
    async def test_nothing_at_all_keeps_a_limit_that_wants_an_answer(self, ann: Person) -> None:
        habit = await a_limit(ann)
        outcome = await ann.sets(habit, ago(1), amount="0")
        assert (outcome.check_in.amount, outcome.check_in.mark) == ("0", MARK_UNSPECIFIED)
        answered = await history(ann, habit, ago(2), ago(1))
        days = [(it.history_date, it.outcome, it.amount) for it in answered.days]
        assert days == [(str(ago(2)), OUTCOME_FAILED, ""), (str(ago(1)), OUTCOME_MET, "0")]

    async def test_one_day_with_none_answers_for_the_week(self, ann: Person) -> None:
        habit = await a_limit(ann, weekly=True)
        before = (await ann.looks_at(habit)).completions[-1]
        await ann.sets(habit, ago(7), amount="0")
        after = (await ann.looks_at(habit)).completions[-1]
        assert (after.met_count, after.failed_count) == (
            before.met_count + 1,
            before.failed_count - 1,
        )

    async def test_zero_reaches_no_goal_and_is_no_check_in(
        self, habits: HabitsServer, ann: Person
    ) -> None:
        habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
        assert (await ann.sets(habit, amount="0")).changed
        assert not (await ann.sets(habit, amount="0.000")).changed
        assert (await ann.looks_at(habit)).check_in_count == 0
        assert await habits.events_of(ann, HabitCheckedIn) == []
        [event] = await habits.events_of(ann, CheckInChanged)
        assert event.check_in.amount == "0"

    async def test_adding_zero_answers_an_empty_day_and_leaves_others(self, ann: Person) -> None:
        habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
        assert (await ann.does(habit, amount="0")).check_in.amount == "0"
        await ann.does(habit, amount="3")
        assert not (await ann.does(habit, amount="0")).changed
        assert (await ann.undoes(habit)).check_in.amount == "0"
        assert (await ann.undoes(habit)).check_in.amount == ""

    async def test_a_yes_no_habit_takes_no_zero(self, ann: Person) -> None:
        with refused("AMOUNT_ON_YES_NO"):
            await ann.sets(await ann.makes(), amount="0")


class TestNotes:
    @pytest.mark.parametrize("what", [{"mark": MARK_DONE}, {"mark": MARK_SKIP}, {"amount": "0"}])
    async def test_a_note_leaves_the_day_as_it_is(self, ann: Person, what: dict[str, str]) -> None:
        habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
        before = (await ann.sets(habit, **what)).check_in  # type: ignore[arg-type]
        outcome = await ann.sets(habit, note="windy")
        assert (outcome.changed, outcome.check_in.note) == (True, "windy")
        assert (outcome.check_in.mark, outcome.check_in.amount) == (before.mark, before.amount)
        assert not (await ann.sets(habit, note="windy")).changed
        assert (await ann.undoes(habit)).check_in.note == ""

    async def test_a_day_can_hold_a_note_alone(self, habits: HabitsServer, ann: Person) -> None:
        habit = await ann.makes(start_date=str(ago(3)))
        await ann.does(habit, ago(1))
        await ann.sets(habit, note="ill")
        listed = await ann.check_ins.ListCheckIns(ListCheckInsRequest(habit_id=habit.id))
        assert [(it.check_in_date, it.note) for it in listed.check_ins] == [
            (str(TODAY), "ill"),
            (str(ago(1)), ""),
        ]
        progress = await ann.looks_at(habit)
        assert progress.current_streak.length_count == 1
        assert len(await habits.events_of(ann, HabitCheckedIn)) == 1
        changes = await ann.check_ins.ListChanges(ListChangesRequest(habit_id=habit.id))
        assert (changes.changes[0].before.note, changes.changes[0].after.note) == ("", "ill")
        assert (await ann.clears(habit)).check_in.note == ""

    async def test_a_note_is_kept_when_the_day_is_done_later(self, ann: Person) -> None:
        habit = await ann.makes()
        await ann.sets(habit, note="in the evening")
        outcome = await ann.does(habit)
        assert (outcome.check_in.mark, outcome.check_in.note) == (MARK_DONE, "in the evening")
        assert not (await ann.sets(habit, note="in the evening")).changed

    async def test_a_note_is_refused_where_a_day_is(self, ann: Person) -> None:
        habit = await ann.makes()
        with refused("CHECK_IN_IN_FUTURE"):
            await ann.sets(habit, ago(-1), note="x")
        with refused("CHECK_IN_BEFORE_START"):
            await ann.sets(habit, ago(1), note="x")
        with refused("MARK_OR_AMOUNT"):
            await ann.sets(habit)

    async def test_a_start_is_not_moved_past_a_note(self, ann: Person) -> None:
        habit = await ann.makes(start_date=str(ago(5)))
        await ann.sets(habit, ago(4), note="first")
        with refused("START_DATE_AFTER_CHECK_IN"):
            await edit(ann, habit, start_date=str(ago(3)))

    async def test_a_batch_takes_notes_alone(self, ann: Person) -> None:
        habit = await ann.makes()
        change = CheckInChange(habit_id=habit.id, set=SetAction(), note="x")
        empty = CheckInChange(habit_id=habit.id, set=SetAction())
        noted, refusal = await write(ann, change, empty)
        assert noted.outcome.check_in.note == "x"
        assert refusal.refusal.reason == "MARK_OR_AMOUNT"
