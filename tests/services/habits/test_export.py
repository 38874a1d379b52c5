"""Lists and the export, over gRPC: everything that was recorded, and every change of it."""

from typing import Any

from contracts.habits.v1.check_in_pb2 import (
    MARK_DONE,
    MARK_UNSPECIFIED,
    SOURCE_API,
    SOURCE_TELEGRAM,
    SOURCE_UNSPECIFIED,
    CheckIn,
)
from contracts.habits.v1.check_in_service_pb2 import (
    ExportCheckInsRequest,
    ExportCheckInsResponse,
    ListChangesRequest,
    ListChangesResponse,
    ListCheckInsRequest,
    ListCheckInsResponse,
)
from contracts.habits.v1.habit_pb2 import MEASURE_QUANTITY, Goal, Habit
from tests.builders import a_caller
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused


async def list_days(person: Person, habit: Habit, **asked: Any) -> ListCheckInsResponse:
    request = ListCheckInsRequest(habit_id=habit.id, **asked)
    return await person.check_ins.ListCheckIns(request)


async def list_changes(person: Person, habit: Habit, **asked: Any) -> ListChangesResponse:
    request = ListChangesRequest(habit_id=habit.id, **asked)
    return await person.check_ins.ListChanges(request)


async def export(person: Person, owner_id: str = "") -> list[ExportCheckInsResponse]:
    call = person.check_ins.ExportCheckIns(ExportCheckInsRequest(owner_id=owner_id))
    return [chunk async for chunk in call]


def dates(check_ins: Any) -> list[str]:
    return [it.check_in_date for it in check_ins]


async def test_days_are_listed_newest_first_in_pages(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(9)))
    for days in (9, 5, 3, 1):
        await ann.does(habit, ago(days), note=str(days))
    await ann.clears(habit, ago(5))
    page = await list_days(ann, habit, page_size=2)
    assert dates(page.check_ins) == [str(ago(1)), str(ago(3))]
    assert page.check_ins[0].note == "1"
    rest = await list_days(ann, habit, page_size=2, page_token=page.next_page_token)
    assert dates(rest.check_ins) == [str(ago(9))]
    assert rest.next_page_token == ""
    some = await list_days(ann, habit, from_date=str(ago(8)), to_date=str(ago(2)))
    assert dates(some.check_ins) == [str(ago(3))]


async def test_lists_that_cannot_be_are_refused(habits: HabitsServer, ann: Person) -> None:
    habit, bob = await ann.makes(), habits.person()
    with refused("RANGE_ENDS_BEFORE_START"):
        await list_days(ann, habit, from_date=str(ago(1)), to_date=str(ago(2)))
    with refused("DATE_MALFORMED"):
        await list_days(ann, habit, from_date="x")
    with refused("HABIT_NOT_FOUND"):
        await list_days(bob, habit)
    with refused("HABIT_NOT_FOUND"):
        await list_changes(bob, habit)
    with refused("PAGE_TOKEN_INVALID"):
        await list_changes(ann, habit, page_token="nonsense")


async def test_every_change_is_on_record(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="3"))
    await ann.does(habit, amount="1", source=SOURCE_TELEGRAM, note="a")
    await ann.does(habit, amount="2")
    await ann.sets(habit, mark=MARK_DONE)
    await ann.undoes(habit)
    undo, third, second, first = (await list_changes(ann, habit)).changes
    assert (first.before.amount, first.after.amount, first.after.note) == ("", "1", "a")
    assert first.after.source == SOURCE_TELEGRAM
    assert first.before.source == SOURCE_UNSPECIFIED
    assert first.actor_id == str(ann.caller.id)
    assert first.after.check_in_date == str(TODAY)
    assert first.after.HasField("update_time")
    assert (second.before.amount, second.after.amount) == ("1", "3")
    assert second.after.source == SOURCE_API
    assert (third.before.amount, third.after.mark) == ("3", MARK_DONE)
    assert (third.undone, third.undo) == (True, False)
    assert (undo.undone, undo.undo) == (False, True)
    assert (undo.before.mark, undo.after.mark, undo.after.amount) == (
        MARK_DONE,
        MARK_UNSPECIFIED,
        "3",
    )
    assert [it.after.revision for it in (first, second, third, undo)] == [1, 2, 3, 4]
    page = await list_changes(ann, habit, page_size=3)
    assert list(page.changes) == [undo, third, second]
    rest = await list_changes(ann, habit, page_size=3, page_token=page.next_page_token)
    assert list(rest.changes) == [first]


async def test_a_person_exports_their_own_things(habits: HabitsServer, ann: Person) -> None:
    water = await ann.makes("water", start_date=str(ago(9)))
    empty = await ann.makes("empty")
    run = await ann.makes("run")
    pause = await ann.rests(ago(3), ago(2))
    await ann.does(water, ago(1))
    await ann.does(water, ago(5))
    await ann.clears(water, ago(5))
    await ann.does(run)
    await habits.person().makes("not hers")
    portions = await export(ann)
    assert {it.owner_id for it in portions} == {str(ann.caller.id)}
    assert [it.habit for it in portions] == [water, empty, run]
    assert [it.habit_revision for it in portions] == [1, 1, 1]
    assert [list(it.pauses) for it in portions] == [[pause], [], []]
    first, none, last = (list(it.check_ins) for it in portions)
    assert dates(first) == [str(ago(5)), str(ago(1))]
    assert [(it.mark, it.revision) for it in first] == [(MARK_UNSPECIFIED, 4), (MARK_DONE, 2)]
    assert (none, dates(last)) == ([], [str(TODAY)])
    assert await export(ann, str(ann.caller.id)) == portions


async def test_long_lives_come_in_portions(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes(start_date="2020-01-01")
    async with habits.database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO habits.days (habit_id, day, mark, source, revision, update_time, note)
            SELECT $1::uuid, date '2020-01-01' + n, 1, 3, 1, now(), ''
            FROM generate_series(0, 2199) n""",
            habit.id,
        )
    portions = await export(ann)
    assert [len(it.check_ins) for it in portions] == [1000, 1000, 200]
    assert [it.habit.id for it in portions] == [habit.id, "", ""]
    found: list[CheckIn] = [day for it in portions for day in it.check_ins]
    assert dates(found) == sorted(dates(found))


async def test_a_pause_without_a_habit_is_exported(ann: Person) -> None:
    assert await export(ann) == []
    pause = await ann.rests(ago(1))
    [chunk] = await export(ann)
    assert (list(chunk.pauses), chunk.HasField("habit")) == ([pause], False)


async def test_only_a_service_exports_everybody(habits: HabitsServer, ann: Person) -> None:
    bob = habits.person()
    hers, his = await ann.makes("hers"), await bob.makes("his")
    service = habits.person_of(a_caller(scopes=frozenset({"export"})))
    everything = [it.habit.id for it in await export(service)]
    assert {hers.id, his.id} <= set(everything)
    assert [it.habit for it in await export(service, str(bob.caller.id))] == [his]
    for whose in (str(bob.caller.id), "nonsense"):
        with refused("SCOPE_MISSING"):
            await export(ann, whose)
    reader = habits.person_of(a_caller(scopes=frozenset({"read"})))
    with refused("ACCESS_SCOPE_MISSING"):
        await export(reader)
