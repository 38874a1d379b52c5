"""What has changed since a cursor: all of it, only that, and nothing missed that commits late."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import driver_connection
from chassis.rpc.channel import connect
from contracts.habits.v1 import delta_service_pb2
from contracts.habits.v1.check_in_pb2 import CheckIn
from contracts.habits.v1.check_in_service_pb2 import ListCheckInsRequest
from contracts.habits.v1.delta_service_pb2 import GetDeltaRequest
from contracts.habits.v1.delta_service_pb2_grpc import DeltaServiceStub
from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.habit_service_pb2 import (
    DeleteHabitRequest,
    DeletePauseRequest,
    ListHabitsRequest,
    ListPausesRequest,
    OrderHabitsRequest,
)
from rhythm.plan import Mark
from services.habits.domain.check_in import CheckInCommand, Set, Source
from services.habits.domain.delta import CURSOR_LIFETIME, Cursor, Horizon
from services.habits.domain.habit_edit import HabitDraft
from services.habits.translate.callers import person_from_caller
from services.habits.translate.deltas import cursor_from_wire, cursor_to_wire
from services.habits.use_cases import check_ins
from services.habits.use_cases.habits import update_habit
from services.habits.use_cases.people import delete_person, update_quiet_hours
from tests.chassis.waiting import eventually
from tests.services.habits.api_calls import adding, archive, edit, restore, write
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused
from tests.services.habits.replica import NOTHING, Replica

XACT_ID = text("SELECT pg_current_xact_id()")


@pytest.fixture
async def deltas(habits: HabitsServer) -> AsyncIterator[DeltaServiceStub]:
    async with connect(habits.target, delta_service_pb2.DESCRIPTOR) as channel:
        yield DeltaServiceStub(channel)


@pytest.fixture
def copy(deltas: DeltaServiceStub, ann: Person) -> Replica:
    return Replica.of(deltas, ann)


async def expect_equal(copy: Replica, person: Person) -> None:
    """Expect a copy to hold what the lists show."""
    found = (await person.habits.ListHabits(ListHabitsRequest(page_size=200))).habits
    days: dict[tuple[str, str], CheckIn] = {}
    for habit in found:
        request = ListCheckInsRequest(habit_id=habit.id, page_size=200)
        listed = await person.check_ins.ListCheckIns(request)
        days |= {(habit.id, it.check_in_date): it for it in listed.check_ins}
    pauses = (await person.habits.ListPauses(ListPausesRequest(page_size=200))).pauses
    assert copy.habits == {it.id: it for it in found}
    assert copy.days == days
    assert copy.pauses == {it.id: it for it in pauses}


async def test_a_copy_follows_every_kind_of_change(ann: Person, copy: Replica) -> None:
    run = await ann.makes("Run", start_date=str(ago(9)))
    read = await ann.makes("Read", start_date=str(ago(9)))
    await ann.does(run, ago(1))
    holiday = await ann.rests(ago(5), ago(4))
    await copy.pull()
    await expect_equal(copy, ann)
    assert [page.full for page in copy.pages] == [True]
    await copy.pull_until_nothing()
    assert not copy.pages[0].settings_changed

    await ann.does(run)
    await copy.pull()
    assert copy.sent == ([], [str(TODAY)], [])
    await copy.pull_until_nothing()
    await ann.clears(run, ago(1))
    await ann.undoes(run)
    await copy.pull()
    assert copy.sent == ([], [str(ago(1))], [])
    await copy.pull_until_nothing()
    await edit(ann, read, title="Read on")
    await ann.rests(ago(2), ago(2), read)
    await copy.pull()
    assert copy.sent[:2] == (["Read on"], [])
    await ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[read.id, run.id]))
    await copy.pull()
    await expect_equal(copy, ann)
    await copy.pull_until_nothing()
    await ann.habits.DeletePause(DeletePauseRequest(pause_id=holiday.id))
    await archive(ann, run)
    await copy.pull()
    assert copy.pages[0].deleted_pause_ids == [holiday.id]
    await copy.pull_until_nothing()
    await restore(ann, run)
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=read.id))
    await copy.pull()
    assert copy.pages[0].deleted_habit_ids == [read.id]
    await expect_equal(copy, ann)
    await copy.pull_until_nothing()


async def test_nothing_of_other_people_is_sent(
    habits: HabitsServer, deltas: DeltaServiceStub, ann: Person
) -> None:
    bob = habits.person()
    copy = Replica.of(deltas, bob)
    await copy.pull()
    hers = await ann.makes("Hers")
    await ann.does(hers)
    await ann.rests(TODAY)
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=hers.id))
    await copy.pull()
    assert copy.sent == NOTHING
    assert not copy.pages[0].deleted_habit_ids
    theirs = Replica.of(deltas, ann)
    theirs.cursor = copy.cursor  # of another person: everything is sent
    await theirs.pull()
    assert theirs.pages[0].full


async def test_an_edit_that_commits_late_is_not_missed(
    habits: HabitsServer, ann: Person, copy: Replica
) -> None:
    run, read = await ann.makes("Run"), await ann.makes("Read")
    await copy.pull_until_nothing()
    person = person_from_caller(ann.caller)
    draft = HabitDraft(title="Run far")
    async with habits.database.transaction() as session:
        await update_habit(
            session, person, UUID(run.id), draft, etag="", effective_date=None, now=habits.clock()
        )
        await ann.does(read)  # begins later, commits earlier
        await copy.pull()
        assert copy.sent == ([], [str(TODAY)], [])
        await copy.pull()
        cursor = cursor_from_wire(copy.cursor)
        assert cursor is not None
        assert cursor.horizon.open_transactions
    await copy.pull()
    assert copy.sent[0] == ["Run far"]
    await expect_equal(copy, ann)


@pytest.mark.parametrize("nested", [False, True], ids=["plain", "in a savepoint"])
async def test_days_that_commit_late_are_not_missed(
    habits: HabitsServer, ann: Person, copy: Replica, *, nested: bool
) -> None:
    """A savepoint writes under a transaction number of its own, which no snapshot names."""
    run, read = await ann.makes("Run"), await ann.makes("Read")
    await copy.pull()
    command = CheckInCommand(
        habit_id=UUID(run.id),
        person=person_from_caller(ann.caller),
        day=TODAY,
        action=Set(Mark.DONE, None),
        note="late",
        source=Source.IMPORT,
    )
    async with habits.database.transaction() as session, AsyncExitStack() as stack:
        await session.execute(XACT_ID)
        if nested:
            await stack.enter_async_context(session.begin_nested())
            await session.execute(XACT_ID)
        connection = await driver_connection(session)
        await check_ins.write(connection, [command], now=habits.clock())
        await ann.does(read)
        await copy.pull()
        assert list(copy.days) == [(read.id, str(TODAY))]
    await copy.pull()
    await expect_equal(copy, ann)
    assert copy.days[run.id, str(TODAY)].note == "late"


async def test_everything_comes_in_pages_and_changes_between_them_too(
    habits: HabitsServer, ann: Person, copy: Replica
) -> None:
    count = 1300
    old = await ann.makes("Old", start_date=str(ago(count)))
    other = await ann.makes("Other", start_date=str(ago(count)))
    for first in range(0, count, 500):
        days = range(first, min(first + 500, count))
        await write(ann, *(adding(old, ago(n)) for n in days))
    await ann.does(other)
    copy.apply(await copy.stub.GetDelta(GetDeltaRequest()))
    assert copy.pages[0].full
    assert copy.pages[0].has_more
    assert len(copy.pages[0].check_ins) == 1000
    await ann.sets(old, ago(count - 1), note="was sent before")
    await ann.does(other, ago(3))
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=other.id))
    await copy.pull()
    assert not any(page.full for page in copy.pages)
    await copy.pull()
    assert len(copy.days) == count
    assert copy.days[old.id, str(ago(count - 1))].note == "was sent before"
    assert list(copy.habits) == [old.id]

    behind = copy.cursor
    await write(ann, *(adding(old, ago(n), note="again") for n in range(400)))
    await copy.pull()
    copy.cursor = behind
    copy.apply(await copy.stub.GetDelta(GetDeltaRequest(cursor=behind)))
    assert not copy.pages[-1].full


async def test_many_habits_come_in_pages(ann: Person, copy: Replica) -> None:
    made = [(await ann.makes(f"Habit {n}")).id for n in range(203)]
    await ann.does(Habit(id=made[0]))
    await copy.pull()
    assert [len(page.habits) for page in copy.pages] == [200, 3]
    assert set(copy.habits) == set(made)
    assert list(copy.days) == [(made[0], str(TODAY))]


async def test_changed_settings_are_told(habits: HabitsServer, ann: Person, copy: Replica) -> None:
    await copy.pull()
    assert copy.pages[0].settings_changed
    person = person_from_caller(ann.caller)
    for revision in (1, 2):
        async with habits.database.transaction() as session:
            await update_quiet_hours(session, person.id, None, revision=revision)
        await copy.pull()
        assert copy.pages[0].settings_changed
        await copy.pull()
        assert not copy.pages[0].settings_changed


@pytest.mark.parametrize("kind", ["too old", "of the future", "of another database"])
async def test_a_cursor_that_tells_nothing_gets_everything(
    ann: Person, copy: Replica, kind: str
) -> None:
    await ann.makes("Run")
    await copy.pull()
    cursor = cursor_from_wire(copy.cursor)
    assert cursor is not None
    was = cursor.horizon
    horizon, origin = was, cursor.origin
    if kind == "too old":
        seconds = int(CURSOR_LIFETIME.total_seconds()) + 60
        horizon = Horizon(was.first_open, was.next_transaction, (), was.time - seconds)
    elif kind == "of the future":
        horizon = Horizon(was.first_open, was.next_transaction + 10**6, (), was.time)
    else:
        origin = bytes(8)
    copy.cursor = cursor_to_wire(Cursor(origin, horizon))
    for wait in (timedelta(0), timedelta(seconds=25)):
        await copy.pull(wait)
        assert copy.pages[0].full
        assert copy.sent[0] == ["Run"]
        copy.cursor = cursor_to_wire(Cursor(origin, horizon))


async def test_what_is_no_cursor_is_refused(copy: Replica) -> None:
    await copy.pull()
    good = copy.cursor
    for bad in ("x", "=", "ж", good[:-4], good + "AAAA", "!" + good, "A" * 5000, good.swapcase()):
        with refused("CURSOR_INVALID"):
            await copy.stub.GetDelta(GetDeltaRequest(cursor=bad))


async def test_a_cursor_of_the_present_sends_what_comes(ann: Person, copy: Replica) -> None:
    run = await ann.makes("Run")

    async def sends_nothing_of_before() -> bool:
        answer = await copy.stub.GetDelta(GetDeltaRequest(cursor_only=True))
        assert not answer.habits
        copy.cursor = answer.cursor
        await copy.pull()
        return copy.sent == NOTHING

    await eventually(sends_nothing_of_before, within=60)
    await ann.does(run)
    await copy.pull()
    assert copy.sent == ([], [str(TODAY)], [])


async def test_no_tombstone_outlives_its_person(habits: HabitsServer, ann: Person) -> None:
    run = await ann.makes("Run")
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=run.id))
    count = "SELECT count(*) FROM habits.tombstones WHERE owner_id = $1"
    async with habits.database.connection() as connection:
        assert await connection.fetchval(count, ann.caller.id) == 1
    async with habits.database.transaction() as session:
        await delete_person(session, ann.caller.id)
    async with habits.database.connection() as connection:
        assert await connection.fetchval(count, ann.caller.id) == 0
