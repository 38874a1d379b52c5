"""State versions, over gRPC: unchanged is said only where every answer is as it was."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from contracts.habits.v1.check_in_pb2 import MARK_DONE
from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.habit_service_pb2 import (
    DeleteHabitRequest,
    DeletePauseRequest,
    OrderHabitsRequest,
)
from contracts.habits.v1.progress_service_pb2 import (
    BatchCheckStateVersionsRequest,
    StateVersionCheck,
    StateVersionResult,
)
from services.habits.domain import limits
from tests.builders import a_caller
from tests.chassis.waiting import eventually
from tests.services.habits.api_calls import archive, edit, look, restore
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused


async def check(person: Person, *versions: bytes) -> list[StateVersionResult]:
    checks = [StateVersionCheck(state_version=version) for version in versions]
    request = BatchCheckStateVersionsRequest(checks=checks)
    return list((await person.progress.BatchCheckStateVersions(request)).results)


async def present_version(person: Person) -> bytes:
    [result] = await check(person, b"")
    assert not result.unchanged
    return result.state_version


async def version_of(person: Person) -> bytes:
    """Return a version that is unchanged.

    At once, but for transactions of other tests on the server: what was written since the oldest
    open one counts as changed, and nothing does once that has ended.
    """
    version = b""

    async def settled() -> bool:
        nonlocal version
        version = await present_version(person)
        return await is_unchanged(person, version)

    await eventually(settled, within=60)
    return version


async def is_unchanged(person: Person, version: bytes) -> bool:
    [result] = await check(person, version)
    if result.unchanged:
        assert result.state_version == version
    return result.unchanged


async def test_what_nobody_changed_is_unchanged(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(9)))
    await ann.does(habit)
    version = await version_of(ann)
    await look(ann)
    await ann.looks_at(habit)
    assert await is_unchanged(ann, version)


async def test_what_another_person_does_changes_nothing(habits: HabitsServer, ann: Person) -> None:
    await ann.makes()
    version = await version_of(ann)
    bob = habits.person()
    await bob.does(await bob.makes())
    await bob.rests(TODAY, TODAY)
    assert await is_unchanged(ann, version)


type Change = Callable[[Person, Habit], Awaitable[Any]]
CHANGES: dict[str, Change] = {
    "a check-in": lambda ann, habit: ann.does(habit, ago(1)),
    "an old day": lambda ann, habit: ann.sets(habit, ago(300), MARK_DONE),
    "a cleared day": lambda ann, habit: ann.clears(habit),
    "what is taken back": lambda ann, habit: ann.undoes(habit),
    "a new habit": lambda ann, _: ann.makes("New"),
    "a new title": lambda ann, habit: edit(ann, habit, title="Other"),
    "the order": lambda ann, habit: ann.habits.OrderHabits(
        OrderHabitsRequest(habit_ids=[habit.id])
    ),
    "an archived habit": archive,
    "a deleted habit": lambda ann, habit: ann.habits.DeleteHabit(
        DeleteHabitRequest(habit_id=habit.id)
    ),
    "a pause": lambda ann, _: ann.rests(TODAY),
    "a pause of one habit": lambda ann, habit: ann.rests(TODAY, TODAY, habit),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_every_change_is_seen_by_the_next_check(ann: Person, change: Change) -> None:
    await ann.makes("First")
    habit = await ann.makes(start_date=str(ago(400)))
    await ann.does(habit)
    version = await version_of(ann)
    assert await is_unchanged(ann, version)
    await change(ann, habit)
    assert not await is_unchanged(ann, version)
    assert await is_unchanged(ann, await version_of(ann))


async def test_what_ends_is_seen(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(9)))
    pause = await ann.rests(ago(3))
    await archive(ann, habit)
    version = await version_of(ann)
    await restore(ann, habit)
    assert not await is_unchanged(ann, version)
    version = await version_of(ann)
    await ann.habits.DeletePause(DeletePauseRequest(pause_id=pause.id))
    assert not await is_unchanged(ann, version)


async def test_what_commits_late_is_seen(habits: HabitsServer, ann: Person) -> None:
    """A transaction that was open when a version was made, numbered before others."""
    late, other = await ann.makes(), await ann.makes()
    async with habits.database.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "UPDATE habits.progress SET revision = revision + 1 WHERE habit_id = $1", late.id
        )
        await ann.does(other)
        version = await present_version(ann)
        await transaction.commit()
    assert not await is_unchanged(ann, version)


async def test_a_new_day_is_a_new_version(habits: HabitsServer, ann: Person) -> None:
    await ann.makes()
    version = await version_of(ann)
    habits.clock.advance(timedelta(hours=11, minutes=59))
    assert await is_unchanged(ann, version)
    habits.clock.advance(timedelta(minutes=1))
    assert not await is_unchanged(ann, version)


async def test_so_is_a_deadline_that_comes_near_within_a_day(habits: HabitsServer) -> None:
    """A day of 25 hours is at risk from its second hour on only."""
    ann = habits.person(timezone="Europe/Berlin", day_start=time(0))
    habits.clock.advance(datetime(2026, 10, 24, 22, 30, tzinfo=UTC) - habits.clock())
    habit = await ann.makes(start_date="2026-10-25")
    version = await version_of(ann)
    assert not (await ann.looks_at(habit)).current_streak.at_risk
    habits.clock.advance(timedelta(hours=1))
    assert (await ann.looks_at(habit)).current_streak.at_risk
    assert not await is_unchanged(ann, version)


async def test_settings_count(habits: HabitsServer) -> None:
    caller = a_caller()
    here = habits.person_of(caller)
    version = await version_of(here)
    elsewhere = a_caller(id=caller.id, session_id=caller.session_id, timezone="Pacific/Auckland")
    assert not await is_unchanged(habits.person_of(elsewhere), version)


async def test_another_persons_version_says_nothing(habits: HabitsServer, ann: Person) -> None:
    version = await version_of(ann)
    assert not await is_unchanged(habits.person(), version)


@pytest.mark.parametrize("version", [b"x", b"\x93\x01\x02\x03", b"\x92\xc4\x00\xcf" + b"\xff" * 8])
async def test_a_version_that_was_not_made_here_is_none(ann: Person, version: bytes) -> None:
    assert not await is_unchanged(ann, version)


async def test_each_check_is_of_its_own_token(habits: HabitsServer, ann: Person) -> None:
    bob = habits.person()
    of_ann, of_bob = await version_of(ann), await version_of(bob)
    await bob.makes()
    request = BatchCheckStateVersionsRequest(
        checks=[
            StateVersionCheck(access_token=ann.token, state_version=of_ann),
            StateVersionCheck(access_token="forged", state_version=of_ann),
            StateVersionCheck(access_token=bob.token, state_version=of_bob),
        ]
    )
    results = (await habits.progress_stub.BatchCheckStateVersions(request)).results
    assert [result.unchanged for result in results] == [True, False, False]
    assert [bool(result.state_version) for result in results] == [True, False, True]


async def test_a_token_without_the_scope_is_refused(habits: HabitsServer) -> None:
    restricted = habits.person(scopes=frozenset({"check_ins:write"}))
    [result] = await check(restricted, b"")
    assert result.state_version == b""


async def test_a_batch_has_an_end(ann: Person) -> None:
    with refused("BATCH_TOO_LARGE"):
        await check(ann, *[b""] * (limits.MAX_BATCH_CHANGES + 1))


async def test_changes_beside_checks_are_never_missed(ann: Person) -> None:
    """Whatever a check calls unchanged was written before its version was made."""
    habit = await ann.makes(start_date=str(date(2025, 1, 1)))
    seen: list[tuple[bytes, int]] = []

    async def write() -> None:
        for number in range(30):
            await ann.does(habit, ago(number))

    async def read() -> None:
        version, count = b"", -1
        for _ in range(60):
            [result] = await check(ann, version)
            now_count = (await ann.looks_at(habit)).check_in_count
            if not result.unchanged:
                version, count = result.state_version, now_count
            seen.append((version, count))

    await asyncio.gather(write(), read())
    version = await version_of(ann)
    assert await is_unchanged(ann, version)
    assert (await ann.looks_at(habit)).check_in_count == 30
    assert seen
