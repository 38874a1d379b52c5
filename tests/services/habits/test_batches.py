"""Many changes at once: of one person or many, together or racing, asked once or again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from uuid import uuid4

import grpc

from contracts.habits.v1.check_in_pb2 import MARK_DONE, MARK_UNSPECIFIED, SOURCE_IMPORT
from contracts.habits.v1.check_in_service_pb2 import (
    BatchWriteCheckInsRequest,
    CheckInChange,
    SetAction,
    UndoAction,
)
from contracts.habits.v1.habit_events_pb2 import CheckInChanged, HabitCheckedIn
from contracts.habits.v1.habit_pb2 import MEASURE_QUANTITY, Goal, Habit
from tests.services.habits.api_calls import adding, write
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused


async def test_each_change_succeeds_or_is_refused_alone(ann: Person) -> None:
    water, run = await ann.makes(), await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    results = await write(
        ann,
        adding(water),
        adding(water, ago(-1)),
        adding(run, amount="2.5"),
        adding(run, amount="-1"),
        adding(Habit(id=str(uuid4()))),
        CheckInChange(habit_id=water.id),
    )
    assert results[0].outcome.check_in.mark == MARK_DONE
    assert results[2].outcome.check_in.amount == "2.5"
    refusals = {place: it.refusal for place, it in enumerate(results) if it.HasField("refusal")}
    assert {place: it.reason for place, it in refusals.items()} == {
        1: "CHECK_IN_IN_FUTURE",
        3: "AMOUNT_OUT_OF_RANGE",
        4: "HABIT_NOT_FOUND",
        5: "MARK_OR_AMOUNT",
    }
    assert refusals[1].code == grpc.StatusCode.FAILED_PRECONDITION.value[0]
    assert refusals[1].metadata["today"] == str(TODAY)
    assert refusals[3].field == "amount"
    assert refusals[4].message


async def test_changes_of_one_habit_are_made_in_their_order(
    habits: HabitsServer, ann: Person
) -> None:
    run = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    results = await write(
        ann,
        adding(run, amount="1"),
        adding(run, amount="2"),
        CheckInChange(habit_id=run.id, undo=UndoAction()),
        adding(run, amount="4"),
        CheckInChange(habit_id=run.id, set=SetAction(amount="7")),
        CheckInChange(habit_id=run.id, undo=UndoAction()),
        CheckInChange(habit_id=run.id, undo=UndoAction()),
        CheckInChange(habit_id=run.id, undo=UndoAction()),
        CheckInChange(habit_id=run.id, undo=UndoAction()),
    )
    amounts = [it.outcome.check_in.amount for it in results]
    assert amounts == ["1", "3", "1", "5", "7", "5", "1", "", ""]
    assert results[-1].refusal.reason == "NOTHING_TO_UNDO"
    [events] = await habits.events_of(ann, CheckInChanged)
    assert events.check_in.revision == 8
    assert events.check_in.mark == MARK_UNSPECIFIED


async def test_a_batch_takes_back_what_was_done_before_it(ann: Person) -> None:
    run = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    for amount in ("1", "2", "3"):
        await ann.does(run, amount=amount)
    undo = CheckInChange(habit_id=run.id, undo=UndoAction())
    results = await write(ann, undo, adding(run, amount="10"), undo, undo, undo, undo)
    amounts = [it.outcome.check_in.amount for it in results[:-1]]
    assert amounts == ["3", "13", "3", "1", ""]
    assert results[-1].refusal.reason == "NOTHING_TO_UNDO"


async def test_changes_may_be_those_of_many_people(habits: HabitsServer, ann: Person) -> None:
    """The edge gathers what different people do at the same moment."""
    bob = habits.person(timezone="Pacific/Kiritimati")
    hers, his = await ann.makes(), await bob.makes()
    results = await write(
        ann,
        adding(hers),
        adding(his, access_token=bob.token),
        adding(his),
        adding(hers, access_token=bob.token),
        adding(hers, access_token="forged"),
    )
    assert results[0].outcome.check_in.check_in_date == str(TODAY)
    assert results[1].outcome.check_in.check_in_date == str(ago(-1))
    reasons = [it.refusal.reason for it in results[2:]]
    assert reasons == ["HABIT_NOT_FOUND", "HABIT_NOT_FOUND", "ACCESS_TOKEN_INVALID"]
    assert len(await habits.events_of(bob, HabitCheckedIn)) == 1


async def test_a_batch_cheers_a_habit_once_for_its_latest_day(
    habits: HabitsServer, ann: Person
) -> None:
    water, run = [await ann.makes(title, start_date=str(ago(9))) for title in ("Water", "Run")]
    days = [adding(water, ago(number)) for number in (0, 1, 2)]
    await write(ann, *days, adding(run, ago(1)))
    cheers = {it.title: it for it in await habits.events_of(ann, HabitCheckedIn)}
    assert len(cheers) == len(await habits.events_of(ann, HabitCheckedIn)) == 2
    assert cheers["Water"].check_in_date == str(TODAY)
    assert cheers["Water"].current_streak.length_count == 3
    assert [cheers[title].back_filled for title in ("Water", "Run")] == [False, True]
    assert cheers["Water"].batch_id == cheers["Run"].batch_id != ""


async def test_batches_are_told_apart_by_person_and_call(habits: HabitsServer, ann: Person) -> None:
    bob = habits.person()
    hers, his = [[await who.makes() for _ in range(3)] for who in (ann, bob)]
    await write(ann, *map(adding, hers[:2]), *(adding(it, access_token=bob.token) for it in his))
    await write(ann, adding(hers[2]))
    *first, alone = await habits.events_of(ann, HabitCheckedIn)
    others = await habits.events_of(bob, HabitCheckedIn)
    assert len({it.batch_id for it in first}) == len({it.batch_id for it in others}) == 1
    assert first[0].batch_id != others[0].batch_id
    assert alone.batch_id == ""


UNREADABLE: Mapping[str, Callable[[CheckInChange], None]] = {
    "habit_id": lambda it: setattr(it, "habit_id", "x"),
    "check_in_date": lambda it: setattr(it, "check_in_date", "2026-13-40"),
    "add": lambda it: setattr(it.add, "amount", "1.23456"),
    "set": lambda it: setattr(it.set, "mark", 99),
    "note": lambda it: setattr(it, "note", "x" * 2001),
    "source": lambda it: setattr(it, "source", 99),
    "request_id": lambda it: setattr(it, "request_id", "x"),
    "access_token": lambda it: setattr(it, "access_token", "x"),
}
TAKEN = {"source"}  # an unknown one counts as the API
EMPTY = {"clear", "undo"}  # messages without fields


async def test_every_field_that_cannot_be_read_is_refused_alone(ann: Person) -> None:
    assert UNREADABLE.keys() | EMPTY == set(CheckInChange.DESCRIPTOR.fields_by_name)
    made = [await ann.makes() for _ in UNREADABLE]
    changes = []
    for habit, break_it in zip(made, UNREADABLE.values(), strict=True):
        change = adding(habit)
        break_it(change)
        changes += [change, adding(habit)]
    results = await write(ann, *changes)
    assert all(result.HasField("outcome") for result in results[1::2])
    refusals = dict(zip(UNREADABLE, results[::2], strict=True))
    assert {name for name, it in refusals.items() if it.HasField("outcome")} == TAKEN
    assert all(it.refusal.reason for name, it in refusals.items() if name not in TAKEN)


async def test_a_batch_needs_no_token_of_its_own(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes()
    request = BatchWriteCheckInsRequest(
        changes=[adding(habit, access_token=ann.token), adding(habit)]
    )
    results = (await habits.check_in_stub.BatchWriteCheckIns(request)).results
    assert results[0].outcome.changed
    assert results[1].refusal.reason == "ACCESS_TOKEN_MISSING"
    assert results[1].refusal.code == grpc.StatusCode.UNAUTHENTICATED.value[0]


async def test_an_empty_batch_is_no_trouble_and_a_huge_one_is_refused(ann: Person) -> None:
    assert await write(ann) == []
    with refused("BATCH_TOO_LARGE"):
        await write(ann, *[CheckInChange()] * 501)


async def test_years_can_be_imported_and_nobody_is_cheered_for_them(
    habits: HabitsServer, ann: Person
) -> None:
    habit = await ann.makes(start_date=str(ago(1200)))
    for first in (0, 400, 800):
        days = range(first, first + 400)
        changes = [adding(habit, ago(day), source=SOURCE_IMPORT) for day in days]
        results = await write(ann, *changes)
        assert all(it.outcome.changed for it in results)
    progress = await ann.looks_at(habit)
    assert progress.current_streak.length_count == 1200
    assert progress.check_in_count == 1200
    assert await habits.events_of(ann, HabitCheckedIn) == []


async def test_many_at_once_are_one_check_in(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes()
    outcomes = await asyncio.gather(*(ann.does(habit) for _ in range(20)))
    assert [it.changed for it in outcomes].count(True) == 1
    assert len({it.check_in.SerializeToString() for it in outcomes}) == 1
    assert len(await habits.events_of(ann, CheckInChanged)) == 1
    assert len(await habits.events_of(ann, HabitCheckedIn)) == 1
    assert await habits.count("changes", habit) == 1


async def test_amounts_at_once_are_all_counted(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="10"))
    outcomes = await asyncio.gather(*(ann.does(habit, amount="0.5") for _ in range(20)))
    assert max(float(it.check_in.amount) for it in outcomes) == 10
    assert sorted(it.check_in.revision for it in outcomes) == list(range(1, 21))
    assert len(await habits.events_of(ann, HabitCheckedIn)) == 1
    assert await habits.count("changes", habit) == 20


async def test_crossing_batches_never_wait_for_each_other(
    habits: HabitsServer, ann: Person
) -> None:
    """Batches that name the same habits in opposite orders lock them in one order."""
    many = [await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="9")) for _ in range(6)]
    there = [adding(habit, amount="1") for habit in many]
    back = there[::-1]
    answers = await asyncio.gather(
        *(write(ann, *(there if turn % 2 else back)) for turn in range(12))
    )
    assert all(it.outcome.changed for results in answers for it in results)
    for habit in many:
        assert (await ann.does(habit, amount="1")).check_in.amount == "13"


@asynccontextmanager
async def breaking(habits: HabitsServer, habit: Habit, how: str) -> AsyncIterator[None]:
    """Let the database break whenever a day of a habit is written."""
    async with habits.database.connection() as connection:
        await connection.execute(
            f"""
            CREATE FUNCTION habits.break() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {how}; RETURN NEW; END $$;
            CREATE TRIGGER break BEFORE INSERT ON habits.days FOR EACH ROW
            WHEN (NEW.habit_id = '{habit.id}') EXECUTE FUNCTION habits.break()"""
        )
    try:
        yield
    finally:
        async with habits.database.connection() as connection:
            await connection.execute("DROP FUNCTION habits.break() CASCADE")


async def test_where_a_batch_fails_as_a_whole_a_bad_change_fails_alone(
    habits: HabitsServer, ann: Person
) -> None:
    good, bad = await ann.makes(), await ann.makes()
    async with breaking(habits, bad, "RAISE EXCEPTION 'the disk is full'"):
        results = await write(ann, adding(good), adding(bad), adding(good, ago(-1)))
        with refused("", grpc.StatusCode.INTERNAL):
            await ann.does(bad)
    assert results[0].outcome.changed
    assert results[1].refusal.code == grpc.StatusCode.INTERNAL.value[0]
    assert results[1].refusal.message == "internal error"
    assert results[2].refusal.reason == "CHECK_IN_IN_FUTURE"
    assert (await ann.does(bad)).changed


async def test_where_the_database_goes_away_the_caller_may_try_again(
    habits: HabitsServer, ann: Person
) -> None:
    good, bad = await ann.makes(), await ann.makes()
    async with breaking(habits, bad, "PERFORM pg_terminate_backend(pg_backend_pid())"):
        with refused("", grpc.StatusCode.UNAVAILABLE):
            await write(ann, adding(good), adding(bad))
    results = await write(ann, adding(good), adding(bad))
    assert all(it.outcome.changed for it in results)
