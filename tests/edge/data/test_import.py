"""`/v1/import`: a file in a form, its result, and how far a longer one is."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from edge.data import import_routes
from edge.data.schemas import FileImport, ImportReport
from tests.edge.habits.api_client import ApiClient, expect_response
from tests.edge.servers import expect_problem
from tests.services.habits.habits_server import HabitsServer, ago


def a_document(title: str = "Run", days: int = 3) -> dict[str, Any]:
    return {
        "format": "habit-tracker",
        "version": 1,
        "habits": [
            {
                "id": title,
                "title": title,
                "state": "active",
                "start_date": str(ago(days)),
                "measure": "yes_no",
                "versions": [],
                "days": [{"date": str(ago(n)), "mark": "done"} for n in range(1, days + 1)],
            }
        ],
        "pauses": [],
    }


async def send(
    edge: httpx.AsyncClient,
    habits: HabitsServer,
    content: bytes | dict[str, Any],
    query: str = "",
    token: str = "",
    **headers: str,
) -> httpx.Response:
    """Send a file to import, as a new person or the one of a token."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    authorization = {"Authorization": f"Bearer {token or habits.person().token}"}
    return await edge.post(
        "/v1/import" + query,
        files={"file": ("my habits.bin", data, "application/octet-stream")},
        headers=authorization | headers,
    )


async def test_a_file_is_imported_once(edge: httpx.AsyncClient, habits: HabitsServer) -> None:
    token = habits.person().token
    first = await send(edge, habits, a_document(), "?source=auto", token)
    report = expect_response(first, 200, ImportReport)
    assert (report["created"], report["updated"], report["unchanged"]) == (4, 0, 0)
    assert report["days"] == {"created": 3, "updated": 0, "unchanged": 0}
    assert report["dropped"] == []
    second = expect_response(await send(edge, habits, a_document(), "", token), 200, ImportReport)
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 4)


async def test_a_dry_run_writes_nothing(edge: httpx.AsyncClient, habits: HabitsServer) -> None:
    token = habits.person().token
    dry = await send(edge, habits, a_document(), "?dry_run=true", token)
    assert expect_response(dry, 200, ImportReport)["created"] == 4
    response = await ApiClient(edge, token).request("GET", "/habits")
    assert response.json()["items"] == []


async def test_an_export_is_an_import(
    edge: httpx.AsyncClient, habits: HabitsServer, ann: ApiClient
) -> None:
    habit = await ann.create_habit("Run", start_date=str(ago(9)))
    await ann.set_day(habit, str(ago(2)), mark="done", note="far")
    exported = await ann.request("GET", "/export")
    report = expect_response(await send(edge, habits, exported.content), 200, ImportReport)
    assert (report["created"], report["dropped"]) == (2, [])


async def test_who_does_not_wait_can_look(edge: httpx.AsyncClient, habits: HabitsServer) -> None:
    token = habits.person().token
    response = await send(edge, habits, a_document(), "", token, Prefer="respond-async")
    found = expect_response(response, 202, FileImport)
    person = ApiClient(edge, token)
    while found["state"] == "running":
        await asyncio.sleep(0.05)
        found = await person.get(response.headers["location"].removeprefix("/v1"), FileImport)
    assert (found["state"], found["done"], found["total"]) == ("done", 3, 3)
    assert found["report"]["created"] == 4


async def test_a_failed_import_shows_its_problem(
    edge: httpx.AsyncClient, habits: HabitsServer
) -> None:
    token = habits.person().token
    response = await send(edge, habits, b"no", "", token, Prefer="respond-async")
    found, person = expect_response(response, 202, FileImport), ApiClient(edge, token)
    while found["state"] == "running":
        await asyncio.sleep(0.05)
        found = await person.get(f"/imports/{found['id']}", FileImport)
    assert found["problem"]["reason"] == "IMPORT_FILE_UNKNOWN"


async def test_a_long_import_gets_202(
    edge: httpx.AsyncClient, habits: HabitsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_routes, "WAIT_SECONDS", 0.0)
    response = await send(edge, habits, a_document(days=900))
    assert expect_response(response, 202, FileImport)["state"] == "running"


@pytest.mark.parametrize(
    ("content", "query", "reason"),
    [
        (b"", "", "IMPORT_EMPTY"),
        (b"hello", "", "IMPORT_FILE_UNKNOWN"),
        (b"{", "", "IMPORT_FILE_BROKEN"),
        (b"[]", "?source=excel", "IMPORT_SOURCE_UNKNOWN"),
        (b'{"format":"habit-tracker","version":1}', "?source=habo", "IMPORT_SOURCE_MISMATCH"),
        (b"hello", "?dry_run=perhaps", "REQUEST_INVALID"),
    ],
)
async def test_what_cannot_be_imported_is_refused(
    edge: httpx.AsyncClient, habits: HabitsServer, content: bytes, query: str, reason: str
) -> None:
    expect_problem(await send(edge, habits, content, query), 422, reason)


async def test_a_file_over_the_limit_is_refused(
    edge: httpx.AsyncClient, habits: HabitsServer
) -> None:
    response = await send(edge, habits, b"[" * 53_000_000)
    problem = expect_problem(response, 413, "BODY_TOO_LARGE")
    assert problem["detail"] == (
        "The body is too large: it may have 50 MB. "
        "Send a larger JSON export in a zip, which may hold 300 MB."
    )


async def test_a_file_of_several_parts_is_put_together(
    edge: httpx.AsyncClient, habits: HabitsServer
) -> None:
    document = a_document() | {"filler": "x" * (2 * import_routes.PART_BYTES)}
    assert expect_response(await send(edge, habits, document), 200, ImportReport)["created"] == 4


async def test_a_request_without_a_file_is_refused(ann: ApiClient) -> None:
    expect_problem(await ann.request("POST", "/import"), 422, "REQUEST_INVALID")
    expect_problem(await ann.request("GET", "/imports/none"), 404, "IMPORT_NOT_FOUND")
