"""Undo: takes back the last change of whichever day, and is not undone by another undo."""

from contracts.habits.v1.check_in_pb2 import (
    MARK_DONE,
    MARK_UNSPECIFIED,
)
from contracts.habits.v1.habit_pb2 import (
    MEASURE_QUANTITY,
    Goal,
)
from tests.services.habits.habits_server import Person, ago, refused


async def test_undo_takes_back_the_last_change_of_whichever_day(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(9)))
    await ann.does(habit, ago(3))
    await ann.does(habit, ago(7))
    outcome = await ann.undoes(habit)
    assert outcome.check_in.check_in_date == str(ago(7))
    assert outcome.check_in.mark == MARK_UNSPECIFIED
    assert outcome.changed
    outcome = await ann.undoes(habit)
    assert outcome.check_in.check_in_date == str(ago(3))
    with refused("NOTHING_TO_UNDO"):
        await ann.undoes(habit)


async def test_undo_is_not_undone_by_undo(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="9"))
    for amount in ("1", "2"):
        await ann.does(habit, amount=amount)
    assert (await ann.undoes(habit)).check_in.amount == "1"
    await ann.does(habit, amount="4")
    assert (await ann.undoes(habit)).check_in.amount == "1"
    assert (await ann.undoes(habit)).check_in.amount == ""
    with refused("NOTHING_TO_UNDO"):
        await ann.undoes(habit)


async def test_undo_brings_back_a_cleared_day_with_its_note(ann: Person) -> None:
    habit = await ann.makes()
    await ann.does(habit, note="kept")
    await ann.clears(habit)
    outcome = await ann.undoes(habit)
    assert (outcome.check_in.mark, outcome.check_in.note) == (MARK_DONE, "kept")


async def test_undo_reaches_far_back(ann: Person) -> None:
    """The day lies behind the checkpoint: the habit is counted from its start."""
    habit = await ann.makes(start_date=str(ago(400)))
    await ann.does(habit, ago(300))
    for days in range(3):
        await ann.does(habit, ago(days))
    for _ in range(3):
        await ann.undoes(habit)
    outcome = await ann.undoes(habit)
    assert outcome.check_in.check_in_date == str(ago(300))
    assert (await ann.looks_at(habit)).check_in_count == 0
