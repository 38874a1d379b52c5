"""The nightly check against a real habits service: what is wrong is found, repaired and counted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from chassis.clock import ManualClock
from chassis.context import RequestContext, use_context
from contracts.habits.v1.check_in_service_pb2 import ExportCheckInsRequest
from services.analytics.domain.habit import ExportChunk
from services.analytics.translate.export import chunk_from_wire
from services.analytics.use_cases import read_model_check
from tests.builders import a_caller
from tests.services.analytics.beside_habits.published import published_events
from tests.services.analytics.running import RunningAnalytics
from tests.services.habits.habits_server import HabitsServer, Person, ago


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_model_check, "SETTLE_SECONDS", 0.05)


@pytest.fixture
def export(habits: HabitsServer) -> read_model_check.Export:
    token = habits.key.token(a_caller(scopes=frozenset({"export"})))

    async def stream(owner_id: UUID) -> AsyncIterator[ExportChunk]:
        with use_context(RequestContext(token=token)):
            request = ExportCheckInsRequest(owner_id=str(owner_id))
            async for message in habits.check_in_stub.ExportCheckIns(request):
                yield chunk_from_wire(message)

    return stream


async def ann_with_a_habit(habits: HabitsServer, analytics: RunningAnalytics) -> Person:
    ann = habits.person()
    water = await ann.makes("Drink water", start_date=str(ago(30)))
    for days in (5, 4, 1):
        await ann.does(water, ago(days))
    await ann.rests(ago(20), ago(11))
    await analytics.deliver(*await published_events(habits, ann))
    return ann


async def run_sql(analytics: RunningAnalytics, query: str, *values: object) -> list[object]:
    async with analytics.database.connection() as connection:
        return [row[0] for row in await connection.fetch(query, *values)]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE analytics.days SET mark = 'missed' WHERE owner_id = $1 AND day = $2 RETURNING 1",
        "DELETE FROM analytics.days WHERE owner_id = $1 AND day = $2 RETURNING 1",
        "UPDATE analytics.habits SET title = 'Wine' WHERE owner_id = $1 AND $2::date > '2000-01-01'"
        " RETURNING 1",
        "UPDATE analytics.pauses SET to_date = $2 WHERE owner_id = $1 RETURNING 1",
    ],
)
async def test_a_wrong_row_is_repaired_and_counted(
    habits: HabitsServer,
    analytics: RunningAnalytics,
    export: read_model_check.Export,
    damage: str,
) -> None:
    ann = await ann_with_a_habit(habits, analytics)
    database, now = analytics.database, habits.clock
    assert await read_model_check.check_people(database, export, [ann.caller.id], now=now) == {}
    assert await run_sql(analytics, damage, ann.caller.id, ago(4)) == [1]
    found = await read_model_check.check_people(database, export, [ann.caller.id], now=now)
    assert found == {ann.caller.id: 1}
    assert await read_model_check.check_people(database, export, [ann.caller.id], now=now) == {}


async def test_an_event_on_its_way_is_no_drift(
    habits: HabitsServer,
    analytics: RunningAnalytics,
    export: read_model_check.Export,
) -> None:
    ann = await ann_with_a_habit(habits, analytics)
    water = await ann.makes("Read", start_date=str(ago(3)))
    await ann.does(water, ago(1))
    late = await published_events(habits, ann)
    reads = 0

    async def late_export(owner_id: UUID) -> AsyncIterator[ExportChunk]:
        nonlocal reads
        reads += 1
        if reads == 2:
            await analytics.deliver(*late)
        async for chunk in export(owner_id):
            yield chunk

    database = analytics.database
    drift = await read_model_check.check_people(
        database, late_export, [ann.caller.id], now=habits.clock
    )
    assert (drift, reads) == ({}, 2)


async def test_a_night_compares_some_once_and_the_metric_tells(
    habits: HabitsServer, analytics: RunningAnalytics, export: read_model_check.Export
) -> None:
    ann, bob, eve = [await ann_with_a_habit(habits, analytics) for _ in range(3)]
    wrong = "UPDATE analytics.days SET revision = 77 WHERE owner_id = ANY($1) RETURNING 1"
    owners = sorted(it.caller.id for it in (ann, bob, eve))
    await run_sql(analytics, "DELETE FROM analytics.people WHERE owner_id <> ALL($1)", owners)
    await run_sql(analytics, wrong, owners)
    clock, found = habits.clock(), []
    for night in range(3):
        moment = clock + timedelta(days=night)
        for _ in range(2):  # the second time in a night does nothing
            found.append(
                await read_model_check.check_some(
                    analytics.database, export, now=ManualClock(moment), sample=2
                )
            )
    assert found == [6, 0, 3, 0, 0, 0]
    async with analytics.database.transaction() as session:
        await read_model_check.report_drift(session)
    assert REGISTRY.get_sample_value("analytics_read_model_drift_rows") == 9
    assert REGISTRY.get_sample_value("analytics_read_model_checked_people") == 6
    assert await run_sql(analytics, "SELECT done FROM analytics.read_model_checks") == [True] * 3


async def test_a_check_whose_process_was_killed_goes_on_where_it_was(
    habits: HabitsServer,
    analytics: RunningAnalytics,
    export: read_model_check.Export,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        await ann_with_a_habit(habits, analytics)
    await run_sql(analytics, "DELETE FROM analytics.read_model_checks")
    monkeypatch.setattr(read_model_check, "TOGETHER", 1)
    moment, compared = habits.clock().replace(hour=3), list[UUID]()

    async def breaking(owner_id: UUID) -> AsyncIterator[ExportChunk]:
        if len(compared) == 2:
            raise KeyboardInterrupt
        compared.append(owner_id)
        async for chunk in export(owner_id):
            yield chunk

    with pytest.raises(KeyboardInterrupt):
        await read_model_check.check_some(
            analytics.database, breaking, now=ManualClock(moment), sample=3
        )

    async def noting(owner_id: UUID) -> AsyncIterator[ExportChunk]:
        compared.append(owner_id)
        async for chunk in export(owner_id):
            yield chunk

    later = moment + read_model_check.ABANDONED + timedelta(seconds=1)
    await read_model_check.check_some(analytics.database, noting, now=ManualClock(later), sample=3)
    assert len(compared) == len(set(compared)) == 3
