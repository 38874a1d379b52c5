"""`rebuild`: everything that is derived can be counted anew from the rows, and checked by them."""

import asyncio
import os
import subprocess
import sys
from uuid import UUID

import msgspec
import pytest

from contracts.habits.v1.habit_pb2 import FREQUENCY_WEEKLY, Habit, Schedule
from rhythm.plan import DayFact, Mark
from services.habits.dao.derived_state import facts_to_bytes
from services.habits.use_cases import rebuild as rebuilding
from services.habits.use_cases.rebuild import RebuildResult
from tests.services.habits.api_calls import edit
from tests.services.habits.habits_server import HabitsServer, Person, ago


async def a_lived_habit(person: Person, days: int) -> Habit:
    habit = await person.makes(start_date=str(ago(days)))
    for day in range(days, -1, -2):
        await person.does(habit, ago(day))
    return habit


def rebuild(habits: HabitsServer, person: Person, *arguments: str) -> tuple[int, str]:
    """Run the command as an operator does; return its exit code and what it said."""
    command = [sys.executable, "-m", "services.habits", "rebuild"]
    done = subprocess.run(
        [*command, "--owner", str(person.caller.id), *arguments],
        env=os.environ | {"DATABASE_URL": habits.database.url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout


async def spoil(habits: HabitsServer, habit: Habit) -> None:
    """Lose a day from what is derived, as a bug might."""
    async with habits.database.connection() as connection:
        await connection.execute(
            r"""
            UPDATE habits.progress
            SET recent = '\x90', checkpoint = NULL, revision = revision + 1
            WHERE habit_id = $1""",
            UUID(habit.id),
        )


async def test_what_was_lost_is_found_and_mended(habits: HabitsServer, ann: Person) -> None:
    good, spoiled = await a_lived_habit(ann, 20), await a_lived_habit(ann, 120)
    before = await ann.looks_at(spoiled)
    assert rebuild(habits, ann, "--check")[0] == 0
    await spoil(habits, spoiled)
    assert (await ann.looks_at(spoiled)).check_in_count == 0
    code, said = rebuild(habits, ann, "--check")
    assert code == 1
    assert "2 habits" in said
    assert "1 differ from their rows" in said
    assert spoiled.id in said
    assert good.id not in said
    assert rebuild(habits, ann)[0] == 0
    assert (await ann.looks_at(spoiled)).strength == pytest.approx(before.strength, abs=1e-12)
    assert rebuild(habits, ann, "--check")[0] == 0


async def test_edited_habits_are_rebuilt_beside_the_others(
    habits: HabitsServer, ann: Person
) -> None:
    """Those that always asked for the same are computed as arrays, an edited one by itself."""
    same, edited = await a_lived_habit(ann, 120), await a_lived_habit(ann, 120)
    await ann.rests(ago(90), ago(80), same)
    await edit(ann, edited, schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=3))
    before = [await ann.looks_at(it) for it in (same, edited)]
    for habit in (same, edited):
        await spoil(habits, habit)
    assert rebuild(habits, ann, "--check")[0] == 1
    code, said = rebuild(habits, ann)
    assert (code, "2 habits" in said) == (0, True)
    assert rebuild(habits, ann, "--check")[0] == 0
    assert [await ann.looks_at(it) for it in (same, edited)] == before


async def test_several_processes_find_and_mend_what_one_does(
    habits: HabitsServer, ann: Person
) -> None:
    lived = [await a_lived_habit(ann, 60) for _ in range(9)]
    before = [await ann.looks_at(it) for it in lived]
    for habit in lived[::4]:
        await spoil(habits, habit)
    code, said = rebuild(habits, ann, "--check", "--processes", "3")
    assert (code, "9 habits" in said, "3 differ" in said) == (1, True, True)
    assert all((habit.id in said) == (number % 4 == 0) for number, habit in enumerate(lived))
    code, said = rebuild(habits, ann, "--processes", "3")
    assert (code, "9 habits" in said) == (0, True)
    assert [await ann.looks_at(it) for it in lived] == before
    assert rebuild(habits, ann, "--check", "--processes", "2")[0] == 0


async def test_a_rebuild_looks_at_nobody_else(habits: HabitsServer, ann: Person) -> None:
    bob = habits.person()
    await spoil(habits, await a_lived_habit(bob, 3))
    await a_lived_habit(ann, 3)
    assert rebuild(habits, ann, "--check")[0] == 0
    assert rebuild(habits, bob, "--check")[0] == 1


async def test_a_rebuild_goes_on_while_check_ins_do(habits: HabitsServer, ann: Person) -> None:
    many = [await a_lived_habit(ann, 30) for _ in range(5)]

    async def count(*, write: bool) -> list[RebuildResult]:
        done = rebuilding.rebuild(
            habits.database, owner_id=ann.caller.id, write=write, now=habits.clock()
        )
        return [some async for some in done]

    await asyncio.gather(
        count(write=True), *(ann.does(habit, ago(1)) for habit in many), count(write=True)
    )
    assert await count(write=False) == [RebuildResult(5, ())]
    await spoil(habits, many[0])
    [found] = await count(write=False)
    assert found.different == (UUID(many[0].id),)


@pytest.mark.parametrize("with_edit", [False, True])
async def test_checkpoints_of_an_earlier_format_are_rebuilt_when_they_are_read(
    habits: HabitsServer, ann: Person, with_edit: bool
) -> None:
    """Nobody has to run anything after an upgrade, nor is an edit before that a problem."""
    habit = await a_lived_habit(ann, 120)
    before = await ann.looks_at(habit)
    values = [str(ago(9)), 0, "day", None, None, 0, "day", None, None, 0, 0, "0", "0", 0, 0.5]
    async with habits.database.connection() as connection:
        await connection.execute(
            """
            UPDATE habits.progress SET checkpoint = $2, recent = $3, revision = revision + 1
            WHERE habit_id = $1""",
            UUID(habit.id),
            msgspec.msgpack.encode((0, [], values)),
            facts_to_bytes({ago(2): DayFact(Mark.DONE)}),
        )
    if with_edit:
        await ann.rests(ago(-30), ago(-31), habit)
    after = await ann.looks_at(habit)
    assert after.check_in_count == before.check_in_count
    assert after.strength == before.strength
