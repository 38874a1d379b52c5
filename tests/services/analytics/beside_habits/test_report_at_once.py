"""A report asked for right after check-ins has them, though their events are still on the way."""

import asyncio
from datetime import date

import grpc

from contracts.analytics.v1.analytics_service_pb2 import KnownRevisions, WaitForRevisionsRequest
from contracts.habits.v1.habit_service_pb2 import DeleteHabitRequest
from contracts.habits.v1.progress_service_pb2 import ListRevisionsRequest
from tests.edge.servers import expect_problem, running_edge
from tests.services.analytics.beside_habits.published import published_events
from tests.services.analytics.running import RunningAnalytics, refused
from tests.services.habits.habits_server import HabitsServer, Person, ago


async def known(person: Person) -> WaitForRevisionsRequest:
    found = await person.progress.ListRevisions(ListRevisionsRequest())
    revisions = [
        KnownRevisions(
            habit_id=it.habit_id,
            habit_revision=it.habit_revision,
            check_in_revision=it.check_in_revision,
        )
        for it in found.revisions
    ]
    return WaitForRevisionsRequest(revisions=revisions)


async def test_it_waits_until_every_change_has_arrived(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    water = await ann.makes(start_date=str(ago(30)))
    await ann.does(water, ago(1))
    await ann.clears(water, ago(1))
    wanted = await known(ann)
    events = await published_events(habits, ann)
    with analytics.calling_as(ann.caller):
        waiting = asyncio.ensure_future(analytics.stub.WaitForRevisions(wanted))
        for event in events[:-1]:
            await analytics.deliver(event)
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await analytics.deliver(events[-1])
        await waiting


async def test_a_habit_that_was_deleted_meanwhile_is_not_waited_for(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    water = await ann.makes(start_date=str(ago(30)))
    await ann.does(water, ago(1))
    wanted = await known(ann)
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=water.id))
    await analytics.deliver(*await published_events(habits, ann))
    with analytics.calling_as(ann.caller):
        await analytics.stub.WaitForRevisions(wanted)


async def test_it_does_not_wait_for_ever(habits: HabitsServer, analytics: RunningAnalytics) -> None:
    ann = habits.person()
    await ann.makes(start_date=str(ago(30)))
    wanted = await known(ann)
    not_yet = refused("CHANGES_NOT_COUNTED", grpc.StatusCode.FAILED_PRECONDITION)
    with analytics.calling_as(ann.caller), not_yet:
        await analytics.stub.WaitForRevisions(wanted)
    with analytics.calling_as(ann.caller):
        many = [KnownRevisions(habit_id=str(ann.caller.id))] * 2001
        with refused("TOO_MANY_REVISIONS", grpc.StatusCode.INVALID_ARGUMENT):
            await analytics.stub.WaitForRevisions(WaitForRevisionsRequest(revisions=many))


async def test_a_report_right_after_a_batch_has_all_of_it(
    habits: HabitsServer, analytics: RunningAnalytics
) -> None:
    ann = habits.person()
    made = [await ann.makes(f"Habit {n}", start_date=str(ago(30))) for n in range(25)]
    habits.key.key_id = "habits"
    habits.key.publish()
    analytics.key.publish(habits.key)
    bearer = {"Authorization": f"Bearer {habits.key.token(ann.caller)}"}
    today = date.fromisoformat(str(ago(0)))
    async with running_edge(habits=habits.target, analytics=analytics.target) as edge:
        items = [{"habit_id": it.id, "date": str(today), "mark": "done"} for it in made]
        written = await edge.post("/v1/check-ins:batch", json={"items": items}, headers=bearer)
        assert written.status_code == 200, written.text

        order = {"kind": "daily", "date": str(today)}
        refused_yet = await edge.post("/v1/analytics/reports", json=order, headers=bearer)
        expect_problem(refused_yet, 409, "CHANGES_NOT_COUNTED")

        reporting = asyncio.create_task(
            edge.post("/v1/analytics/reports", json=order, headers=bearer)
        )
        await analytics.deliver(*await published_events(habits, ann))
        report = (await reporting).json()
    assert report["summary"]["met"] == 25
