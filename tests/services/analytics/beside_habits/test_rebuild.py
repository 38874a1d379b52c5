"""The read model made anew from a real habits service, while events go on."""

import asyncio
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from contracts.analytics.v1.analytics_service_pb2 import GetSummaryRequest
from contracts.analytics.v1.summary_pb2 import Summary
from contracts.auth.v1.auth_events_pb2 import UserDeleted
from contracts.habits.v1 import check_in_service_pb2_grpc
from contracts.habits.v1.check_in_pb2 import MARK_DONE, MARK_MISSED, MARK_SKIP
from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.habit_service_pb2 import ArchiveHabitRequest, DeleteHabitRequest
from services.analytics.__main__ import rebuild_from
from tests.builders import a_caller
from tests.services.analytics.beside_habits.published import published_events
from tests.services.analytics.event_builders import done
from tests.services.analytics.running import RunningAnalytics, deliver
from tests.services.auth.running import DELEGATION_SECRET, running_auth
from tests.services.habits.habits_server import HabitsServer, Person, StubWithToken, ago


async def rebuild(
    habits: HabitsServer, database: Database, owner_id: UUID | None = None
) -> tuple[int, int]:
    exporter = a_caller(scopes=frozenset({"export"}))
    stub = cast(
        check_in_service_pb2_grpc.CheckInServiceStub,
        StubWithToken(habits.check_in_stub, habits.key.token(exporter)),
    )
    return await rebuild_from(stub, database, owner_id)


async def summary_of(analytics: RunningAnalytics, person: Person) -> Summary:
    with analytics.calling_as(person.caller):
        window = GetSummaryRequest(from_date=str(ago(60)), to_date=str(ago(0)))
        return (await analytics.stub.GetSummary(window)).summary


async def stored_days(database: Database, schema: str, habit: Habit) -> set[tuple[object, ...]]:
    """Return what a service holds of a habit's days, alike for both."""
    recorded = {
        "habits": """
            SELECT day, mark::text, amount FROM habits.days WHERE habit_id = $1 AND mark > 0""",
        "analytics": """
            SELECT day, CASE mark WHEN 'done' THEN '1' WHEN 'skip' THEN '2' WHEN 'missed' THEN '3'
                END, nullif(amount_thousandths, 0)
            FROM analytics.days WHERE habit_id = $1 AND mark IS NOT NULL""",
    }
    async with database.connection() as connection:
        return {tuple(row) for row in await connection.fetch(recorded[schema], UUID(habit.id))}


async def test_lost_events_are_found_in_the_export(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    water = await ann.makes("Drink water", start_date=str(ago(30)))
    run = await ann.makes("Run", start_date=str(ago(30)))
    for days in (9, 5, 4, 1, 0):
        await ann.does(water, ago(days))
    await ann.sets(run, ago(3), MARK_SKIP)
    await ann.rests(ago(20), ago(11))
    await ann.rests(ago(2), ago(1), habit=run)

    counted = await rebuild(habits, analytics.database, ann.caller.id)
    assert counted == (2, 6)
    found = await summary_of(analytics, ann)
    assert [(it.title, it.due_count, it.met_count) for it in found.habits] == [
        ("Drink water", 21, 5),
        ("Run", 17, 0),
    ]
    assert (await rebuild(habits, analytics.database, ann.caller.id)) == counted
    assert await summary_of(analytics, ann) == found


async def test_a_rebuild_gives_what_events_give(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    water = await ann.makes("Drink water", start_date=str(ago(30)))
    for days in range(12, 0, -1):
        await ann.does(water, ago(days))
    await ann.clears(water, ago(4))
    await ann.habits.ArchiveHabit(ArchiveHabitRequest(habit_id=water.id))
    events = await published_events(habits, ann)
    random.Random(7).shuffle(events)
    await analytics.deliver(*events)
    heard = await summary_of(analytics, ann)
    await rebuild(habits, analytics.database, ann.caller.id)
    assert await summary_of(analytics, ann) == heard
    assert heard.check_in_count == 11


async def test_what_is_wrong_or_deleted_goes(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    water, run = [await ann.makes(title, start_date=str(ago(9))) for title in ("Water", "Run")]
    await ann.does(water, ago(1))
    created, lost = [it for it in await published_events(habits, ann) if hasattr(it, "habit")]
    await analytics.deliver(created, lost, *done(created, str(ago(5)), str(ago(1))))  # type: ignore[arg-type]
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=run.id))

    await rebuild(habits, analytics.database, ann.caller.id)
    found = await summary_of(analytics, ann)
    assert [(it.title, it.met_count) for it in found.habits] == [("Water", 1)]
    assert found.active_habit_count == 1


async def test_an_older_event_after_a_rebuild_is_ignored(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    water = await ann.makes(start_date=str(ago(9)))
    await ann.does(water, ago(1))
    await ann.clears(water, ago(1))
    events = await published_events(habits, ann)
    assert len(events) == 3
    created, delayed, cleared = events
    await analytics.deliver(created, cleared)
    await rebuild(habits, analytics.database, ann.caller.id)
    await analytics.deliver(delayed)
    assert (await summary_of(analytics, ann)).check_in_count == 0


async def test_one_persons_rebuild_leaves_others_alone(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann, bob = habits.person(), habits.person()
    await ann.makes("Ann's", start_date=str(ago(3)))
    await bob.makes("Bob's", start_date=str(ago(3)))
    await rebuild(habits, analytics.database, ann.caller.id)
    assert (await summary_of(analytics, ann)).active_habit_count == 1
    assert (await summary_of(analytics, bob)).active_habit_count == 0
    await rebuild(habits, analytics.database)
    assert (await summary_of(analytics, bob)).active_habit_count == 1


async def test_a_long_life_comes_in_several_portions(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    water = await ann.makes(start_date=str(ago(2400)))
    many = """
        INSERT INTO habits.days (habit_id, day, mark, note, source, revision, update_time)
        SELECT $1, $2::date - n, 1, '', 3, 3000 - n, now() FROM generate_series(1, 2300) AS n"""
    async with habits.database.connection() as connection:
        await connection.execute(many, UUID(water.id), ago(0))
    assert await rebuild(habits, analytics.database, ann.caller.id) == (1, 2300)
    assert len(await stored_days(analytics.database, "analytics", water)) == 2300


async def test_a_deleted_person_is_not_rebuilt(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    await ann.makes(start_date=str(ago(3)))
    await ann.rests(ago(2))
    await analytics.deliver(UserDeleted(account_id=str(ann.caller.id)))
    await rebuild(habits, analytics.database, ann.caller.id)
    assert (await summary_of(analytics, ann)).active_habit_count == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_events_may_go_on_while_it_rebuilds(
    habits: HabitsServer, analytics: RunningAnalytics, seed: int
) -> None:
    """Someone writes, events are delivered late and shuffled, and rebuilds run meanwhile."""
    chance = random.Random(seed)
    ann = habits.person()
    made = [await ann.makes(f"Habit {n}", start_date=str(ago(40))) for n in range(3)]
    writing = asyncio.Event()
    heard: set[bytes] = set()

    async def write() -> None:
        for _ in range(60):
            habit, day = chance.choice(made), ago(chance.randrange(12))
            if chance.random() < 0.3:
                await ann.clears(habit, day)
            else:
                await ann.sets(habit, day, chance.choice([MARK_DONE, MARK_SKIP, MARK_MISSED]))
        writing.set()

    async def hear() -> None:
        while not writing.is_set():
            waiting = [
                it
                for it in await published_events(habits, ann)
                if it.SerializeToString() not in heard
            ]
            for event in chance.sample(waiting, len(waiting) // 2):
                heard.add(event.SerializeToString())
                await deliver(analytics.database, event)

    async def rebuilding() -> None:
        while not writing.is_set():
            await rebuild(habits, analytics.database, ann.caller.id)

    async with asyncio.TaskGroup() as group:
        for work in (write, hear, rebuilding):
            group.create_task(work())
    rest = [it for it in await published_events(habits, ann) if it.SerializeToString() not in heard]
    chance.shuffle(rest)
    await analytics.deliver(*rest)
    for habit in made:
        true = await stored_days(habits.database, "habits", habit)
        assert await stored_days(analytics.database, "analytics", habit) == true
        assert true


async def test_the_command_asks_auth_and_rebuilds_everybody(
    habits: HabitsServer,
    analytics: RunningAnalytics,
    mesh_database_url: str,
    redis_url: str,
    tmp_path: Path,
) -> None:
    (tmp_path / "auth").mkdir()
    async with running_auth(mesh_database_url, redis_url, tmp_path / "auth") as auth:
        files = habits.key.jwks_file, tmp_path / "auth" / "jwks.json"
        keys = [key for file in files for key in json.loads(file.read_text())["keys"]]
        habits.key.jwks_file.write_text(json.dumps({"keys": keys}))
        ann = habits.person()
        await ann.makes(start_date=str(ago(3)))
        environment = {
            "DATABASE_URL": mesh_database_url,
            "AUTH_TARGET": auth.target,
            "HABITS_TARGET": habits.target,
            "DELEGATION_SECRET": DELEGATION_SECRET,
        }
        rebuild_all = [sys.executable, "-m", "services.analytics", "rebuild"]
        done = await run_to_its_end(rebuild_all, environment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert " habits, " in done.stdout
        async with analytics.database.transaction() as session:
            kept = text("SELECT count(*) FROM analytics.habits WHERE owner_id = :owner_id")
            assert await session.scalar(kept, {"owner_id": ann.caller.id}) == 1
            await session.execute(text("TRUNCATE analytics.read_model_checks"))
            await session.execute(
                text("UPDATE analytics.habits SET title = 'Wrong' WHERE NOT deleted")
            )

        nightly = "from services.analytics.tasks import check_read_model; check_read_model()"
        done = await run_to_its_end([sys.executable, "-c", nightly], environment)
        assert done.returncode == 0, done.stdout + done.stderr
    async with analytics.database.transaction() as session:
        drift = text("SELECT drift_count FROM analytics.read_model_checks WHERE done")
        assert (await session.scalar(drift) or 0) >= 1
        wrong = text(
            "SELECT count(*) FROM analytics.habits WHERE title = 'Wrong' AND owner_id = :owner_id"
        )
        assert await session.scalar(wrong, {"owner_id": ann.caller.id}) == 0


async def run_to_its_end(
    command: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        command,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
