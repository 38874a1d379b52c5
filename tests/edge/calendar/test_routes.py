"""`/v1/calendar`: an address that is a secret, made, read without a token, and taken back."""

from urllib.parse import urlsplit

import httpx
from icalendar import Calendar

from edge.request_log import logged_path
from tests.edge.habits.api_client import ApiClient
from tests.edge.servers import expect_problem


async def new_address(ann: ApiClient) -> str:
    """Create the address of the calendar and return its path."""
    response = await ann.request("POST", "/calendar")
    assert response.status_code == 201
    url: str = response.json()["url"]
    path = urlsplit(url).path
    assert path.startswith("/v1/calendar/")
    assert path.endswith(".ics")
    return path


async def test_a_calendar_is_read_without_a_token(ann: ApiClient, edge: httpx.AsyncClient) -> None:
    await ann.create_habit("Run; walk, or roll 🏃")
    response = await edge.get(await new_address(ann))
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert response.headers["cache-control"] == "private, max-age=900"
    titles = {str(it["summary"]) for it in Calendar.from_ical(response.content).walk("VEVENT")}
    assert titles == {"Run; walk, or roll 🏃"}


async def test_one_that_is_as_it_was_is_not_sent_again(
    ann: ApiClient, edge: httpx.AsyncClient
) -> None:
    path = await new_address(ann)
    etag = (await edge.get(path)).headers["etag"]
    again = await edge.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    await ann.create_habit("Run")
    assert (await edge.get(path, headers={"If-None-Match": etag})).status_code == 200


async def test_an_address_ends_when_it_is_replaced_or_deleted(
    ann: ApiClient, edge: httpx.AsyncClient
) -> None:
    first = await new_address(ann)
    second = await new_address(ann)
    expect_problem(await edge.get(first), 404, "CALENDAR_NOT_FOUND")
    assert (await edge.get(second)).status_code == 200
    assert (await ann.request("DELETE", "/calendar")).status_code == 204
    expect_problem(await edge.get(second), 404, "CALENDAR_NOT_FOUND")
    assert (await ann.request("DELETE", "/calendar")).status_code == 204


async def test_an_unknown_address_is_not_found(edge: httpx.AsyncClient) -> None:
    expect_problem(await edge.get("/v1/calendar/nobody-knows-it.ics"), 404, "CALENDAR_NOT_FOUND")


async def test_an_address_is_made_with_a_token_only(edge: httpx.AsyncClient) -> None:
    expect_problem(await edge.post("/v1/calendar"), 401, "ACCESS_TOKEN_MISSING")
    expect_problem(await edge.delete("/v1/calendar"), 401, "ACCESS_TOKEN_MISSING")


def test_logs_do_not_show_the_secret() -> None:
    assert logged_path("/v1/calendar/s3cret.ics") == "/v1/calendar/…"
    assert logged_path("/v1/habits") == "/v1/habits"
