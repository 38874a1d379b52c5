"""Imports of this product's own export: all or nothing, and twice changes nothing."""

from datetime import timedelta
from typing import Any

import grpc
import pytest

from contracts.habits.v1.check_in_pb2 import MARK_DONE, MARK_SKIP, SOURCE_IMPORT
from contracts.habits.v1.habit_events_pb2 import (
    CheckInChanged,
    HabitArchived,
    HabitCheckedIn,
    HabitCreated,
)
from contracts.habits.v1.habit_service_pb2 import DeleteHabitRequest, ListHabitsRequest
from contracts.habits.v1.import_service_pb2 import (
    IMPORT_STATE_FAILED,
    CreateImportRequest,
    GetImportRequest,
    StartImportRequest,
    UploadImportPartRequest,
)
from tests.services.habits.api_calls import edit, history, titles
from tests.services.habits.habits_server import HabitsServer, Person, ago, refused
from tests.services.habits.importing import counts, import_file, imported, start_import
from tests.services.habits.test_export import list_days
from tests.services.habits.test_export_files import a_full_account, export_file, export_json


def comparable(document: dict[str, Any]) -> Any:
    """Return what of a document an import keeps: all but ids, moments and sources."""
    ids = {it["id"]: place for place, it in enumerate(document["habits"])}
    fields = ("id", "create_time", "update_time", "archived_at", "days")
    habits = [
        {name: value for name, value in it.items() if name not in fields}
        | {
            "days": [
                {key: value for key, value in day.items() if key not in ("source", "update_time")}
                for day in it["days"]
            ]
        }
        for it in document["habits"]
    ]
    pauses = [
        (ids.get(it["habit_id"]), it["from_date"], it["to_date"], it["reason"])
        for it in document["pauses"]
    ]
    return habits, sorted(pauses, key=str)


async def test_an_export_fills_an_empty_account(ann: Person, habits: HabitsServer) -> None:
    await a_full_account(ann)
    document, bob = await export_json(ann), habits.person()
    report = await imported(bob, document)
    assert counts(report) == (3 + 4 + 2, 0, 0)
    assert (report.source, list(report.dropped)) == ("habit_tracker", [])
    again = await export_json(bob)
    assert comparable(again) == comparable(document)
    assert {day["source"] for it in again["habits"] for day in it["days"]} == {"import"}


async def test_importing_twice_changes_nothing(ann: Person, habits: HabitsServer) -> None:
    await a_full_account(ann)
    data, bob = await export_file(ann), habits.person()
    await imported(bob, data)
    before = await export_json(bob)
    assert counts(await imported(bob, data)) == (0, 0, 9)
    assert counts(await imported(ann, data)) == (0, 0, 9)  # where it came from, too
    after = await export_json(bob)
    assert after["habits"] == before["habits"]
    assert after["pauses"] == before["pauses"]


async def test_a_newer_backup_adds_what_is_new_and_deletes_nothing(
    ann: Person, habits: HabitsServer
) -> None:
    run = await ann.makes("Run", start_date=str(ago(20)))
    await ann.does(run, ago(9))
    bob = habits.person()
    await imported(bob, await export_file(ann))
    [mine] = (await bob.habits.ListHabits(ListHabitsRequest())).habits
    await bob.does(mine, ago(5))
    own = await bob.makes("Mine")
    habits.clock.advance(timedelta(hours=1))
    await ann.does(run, ago(3))
    await ann.clears(run, ago(9))
    await edit(ann, run, title="Run far", start_date=str(ago(30)))
    await ann.does(run, ago(25))
    await ann.makes("Read")
    report = await imported(bob, await export_file(ann))
    assert (report.habits.created_count, report.habits.updated_count) == (1, 1)
    assert report.days.created_count == 2
    assert await titles(bob) == ["Run far", own.title, "Read"]
    days = [it.check_in_date for it in (await list_days(bob, mine)).check_ins]
    assert days == [str(ago(3)), str(ago(5)), str(ago(9)), str(ago(25))]


async def test_what_was_changed_here_since_stays(ann: Person, habits: HabitsServer) -> None:
    run = await ann.makes("Run", start_date=str(ago(20)))
    await ann.does(run, ago(9))
    await ann.does(run, ago(8))
    data, bob = await export_file(ann), habits.person()
    await imported(bob, data)
    [mine] = (await bob.habits.ListHabits(ListHabitsRequest())).habits
    await bob.sets(mine, ago(9), MARK_SKIP)
    await bob.clears(mine, ago(8))
    await edit(bob, mine, title="My run")
    report = await imported(bob, data)
    assert counts(report) == (0, 0, 1)
    [dropped] = report.dropped
    assert dropped.what == f"Run: {ago(9)} and 1 more"
    assert "changed here since" in dropped.why
    assert await titles(bob) == ["My run"]


async def test_a_dry_run_says_the_same_and_writes_nothing(
    ann: Person, habits: HabitsServer
) -> None:
    await a_full_account(ann)
    data, bob = await export_file(ann), habits.person()
    dry = await imported(bob, data, dry_run=True)
    assert (await export_json(bob))["habits"] == []
    assert await habits.events_of(bob, HabitCreated) == []
    assert dry == await imported(bob, data)


async def test_a_rolled_back_edit_leaves_no_trace_in_what_is_read_next(
    ann: Person, habits: HabitsServer
) -> None:
    run = await ann.makes("Run", start_date=str(ago(20)))
    document = await export_json(ann)
    [habit] = document["habits"]
    habit["title"], habit["update_time"] = "Jog", "2030-01-01T00:00:00Z"
    habit["days"] = [{"date": str(ago(3)), "mark": "done"}]
    assert counts(await imported(ann, document, dry_run=True)) == (1, 1, 0)
    await edit(ann, run, description="The revision of the dry run, with another content")
    await ann.does(run, ago(1))
    [cheer] = await habits.events_of(ann, HabitCheckedIn)
    assert cheer.title == "Run"
    assert (await ann.looks_at(run)).check_in_count == 1
    assert await titles(ann) == ["Run"]


async def test_one_wrong_habit_and_nothing_is_written(ann: Person, habits: HabitsServer) -> None:
    await a_full_account(ann)
    document, bob = await export_json(ann), habits.person()
    document["habits"][2]["versions"][0]["goal"]["amount"] = None
    found = await import_file(bob, document)
    assert (found.state, found.refusal.reason) == (IMPORT_STATE_FAILED, "IMPORT_FILE_BROKEN")
    assert "Smoke" in found.refusal.message
    assert (await export_json(bob))["habits"] == []
    assert await habits.events_of(bob, HabitCreated) == []


async def test_a_deleted_habit_comes_back_with_its_backup(
    ann: Person, habits: HabitsServer
) -> None:
    run = await ann.makes("Run", start_date=str(ago(20)))
    await ann.does(run, ago(9))
    data = await export_file(ann)
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=run.id))
    assert counts(await imported(ann, data)) == (2, 0, 0)
    assert await titles(ann) == ["Run"]


async def test_days_that_cannot_be_are_dropped_by_name(ann: Person) -> None:
    document = {
        "format": "habit-tracker",
        "version": 1,
        "profile": {"week_start": "sun", "timezone": "UTC"},
        "habits": [
            {
                "id": "one",
                "title": "Run",
                "state": "active",
                "start_date": str(ago(5)),
                "measure": "yes_no",
                "versions": [],
                "days": [
                    {"date": str(ago(7)), "mark": "done"},
                    {"date": str(ago(4)), "amount": 3},
                    {"date": str(ago(-1)), "mark": "done"},
                    {"date": str(ago(-2)), "mark": "done"},
                ],
            }
        ],
        "pauses": [{"habit_id": "two", "from_date": str(ago(1))}],
    }
    report = await imported(ann, document)
    assert {it.what for it in report.dropped} == {
        "profile.week_start: sun",
        f"Run: {ago(4)}",
        f"Run: {ago(-1)} and 1 more",
        f"a pause from {ago(1)}",
    }
    assert report.days.created_count == 1  # the start was moved to it
    assert report.dropped_count == 5


async def test_an_import_is_no_cheer_and_is_marked_as_one(
    ann: Person, habits: HabitsServer
) -> None:
    run = await ann.makes("Run", start_date=str(ago(20)))
    await ann.does(run, ago(0))
    bob = habits.person()
    await imported(bob, await export_file(ann))
    [changed] = await habits.events_of(bob, CheckInChanged)
    assert (changed.check_in.mark, changed.check_in.source) == (MARK_DONE, SOURCE_IMPORT)
    assert await habits.events_of(bob, HabitCheckedIn) == []


async def test_an_archived_habit_gets_new_days_and_stays_archived(
    ann: Person, habits: HabitsServer
) -> None:
    await a_full_account(ann)
    document, bob = await export_json(ann), habits.person()
    await imported(bob, document)
    document["habits"][2]["days"] = [{"date": str(ago(2)), "amount": 3}]
    assert counts(await imported(bob, document)) == (1, 0, 9)
    again = (await export_json(bob))["habits"][2]
    assert (again["state"], again["archive_date"]) == ("archived", str(ago(0)))
    assert len(await habits.events_of(bob, HabitArchived)) == 2


async def test_imports_belong_to_one_person(ann: Person, habits: HabitsServer) -> None:
    import_id = await start_import(ann, b"{}")
    bob = habits.person()
    with refused("IMPORT_NOT_FOUND", grpc.StatusCode.NOT_FOUND):
        await bob.imports.GetImport(GetImportRequest(import_id=import_id))
    with refused("IMPORT_NOT_FOUND"):
        await bob.imports.StartImport(StartImportRequest(import_id="none"))


async def test_an_import_goes_through_its_states(ann: Person) -> None:
    with refused("IMPORT_SOURCE_UNKNOWN"):
        await ann.imports.CreateImport(CreateImportRequest(source="excel"))
    created = (await ann.imports.CreateImport(CreateImportRequest(source="auto"))).file_import
    with refused("IMPORT_EMPTY"):
        await ann.imports.StartImport(StartImportRequest(import_id=created.id))
    part = UploadImportPartRequest(import_id=created.id, place=0, data=b"{}")
    await ann.imports.UploadImportPart(part)
    await ann.imports.StartImport(StartImportRequest(import_id=created.id))
    await ann.imports.StartImport(StartImportRequest(import_id=created.id))
    with refused("IMPORT_STARTED"):
        await ann.imports.UploadImportPart(part)


async def test_an_import_that_stands_still_has_failed(ann: Person, habits: HabitsServer) -> None:
    created = (await ann.imports.CreateImport(CreateImportRequest())).file_import
    async with habits.database.connection() as connection:
        await connection.execute("UPDATE habits.imports SET state = 'running'")
    other = (await ann.imports.CreateImport(CreateImportRequest())).file_import
    part = UploadImportPartRequest(import_id=other.id, data=b"{}")
    await ann.imports.UploadImportPart(part)
    with refused("IMPORT_RUNNING"):
        await ann.imports.StartImport(StartImportRequest(import_id=other.id))
    habits.clock.advance(timedelta(minutes=10))
    found = await ann.imports.GetImport(GetImportRequest(import_id=created.id))
    assert found.file_import.refusal.reason == "IMPORT_INTERRUPTED"


@pytest.mark.parametrize(
    ("data", "source", "reason"),
    [
        (b"hello", "", "IMPORT_FILE_UNKNOWN"),
        (b'{"habits": []}', "", "IMPORT_FILE_UNKNOWN"),
        (b'{"format": "habit-tracker", "version": 2}', "", "IMPORT_FILE_TOO_NEW"),
        (b'{"format": "habit-tracker", "version": 1', "", "IMPORT_FILE_BROKEN"),
        (b'{"format": "habit-tracker", "version": 1}', "loop", "IMPORT_SOURCE_MISMATCH"),
        (b"SQLite format 3\0 and no more", "", "IMPORT_FILE_BROKEN"),
        (b"\xff\x00\xfe", "", "IMPORT_FILE_BROKEN"),
    ],
)
async def test_what_cannot_be_imported_is_refused(
    ann: Person, data: bytes, source: str, reason: str
) -> None:
    found = await import_file(ann, data, source=source)
    assert (found.state, found.refusal.reason) == (IMPORT_STATE_FAILED, reason)
    assert found.refusal.message


async def test_the_numbers_are_the_same(ann: Person, habits: HabitsServer) -> None:
    await a_full_account(ann)
    bob = habits.person()
    await imported(bob, await export_file(ann))
    everything = ListHabitsRequest()
    for mine, theirs in zip(
        (await ann.habits.ListHabits(everything)).habits,
        (await bob.habits.ListHabits(everything)).habits,
        strict=True,
    ):
        progress = await bob.looks_at(theirs)
        progress.habit_id = mine.id
        assert progress == await ann.looks_at(mine)
        assert (await history(ann, mine)) == (await history(bob, theirs))
