"""`/v1/export`: a file of each format."""

import io
import zipfile

import httpx
import pytest

from tests.edge.habits.api_client import ApiClient
from tests.edge.servers import expect_problem
from tests.services.habits.habits_server import ago


async def test_json_is_one_document(ann: ApiClient) -> None:
    habit = await ann.create_habit("Run", start_date=str(ago(9)))
    await ann.set_day(habit, str(ago(2)), mark="done", note="far")
    response = await ann.request("GET", "/export")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-disposition"] == 'attachment; filename="habits.json"'
    document = response.json()
    assert document["format"] == "habit-tracker"
    [found] = document["habits"]
    assert found["id"] == habit["id"]
    assert [(it["date"], it["mark"], it["note"]) for it in found["days"]] == [
        (str(ago(2)), "done", "far")
    ]


async def test_csv_is_a_zip(ann: ApiClient) -> None:
    await ann.create_habit("Run")
    response = await ann.request("GET", "/export?format=csv")
    assert response.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as files:
        assert "habits/001 Run.csv" in files.namelist()


async def test_loop_is_a_database(ann: ApiClient) -> None:
    response = await ann.request("GET", "/export?format=loop")
    assert response.headers["content-disposition"] == 'attachment; filename="habits.db"'
    assert response.content.startswith(b"SQLite format 3\0")


async def test_an_unknown_format_is_refused(ann: ApiClient) -> None:
    response = await ann.request("GET", "/export?format=xml")
    expect_problem(response, 422, "REQUEST_INVALID")


@pytest.mark.parametrize("path", ["/v1/export", "/v1/export?format=loop"])
async def test_an_export_needs_a_token(edge: httpx.AsyncClient, path: str) -> None:
    expect_problem(await edge.get(path), 401, "ACCESS_TOKEN_MISSING")
