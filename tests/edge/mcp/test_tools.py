"""The tools, called by the official SDK's own client over streamable HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent

from edge.mcp.rest import RestClient
from edge.mcp.tools import create_server
from tests.services.habits.habits_server import TODAY

WATER = {
    "title": "Drink water",
    "measure": "quantity",
    "unit": "ml",
    "goal": {"direction": "at_least", "amount": 2000},
}


@asynccontextmanager
async def connected(
    http: httpx2.AsyncClient, token: str, mode: str = "auto"
) -> AsyncIterator[Client]:
    """Yield a client of `/mcp`: no fixture, as the SDK wants to end in the task it began in."""
    http.headers["Authorization"] = f"Bearer {token}"
    transport = streamable_http_client("http://habits.example/mcp", http_client=http)
    async with Client(transport, mode=mode) as assistant:
        yield assistant


async def call(assistant: Client, tool: str, **arguments: Any) -> Any:
    """Call a tool that must succeed; return its result."""
    result = await assistant.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def refusal(assistant: Client, tool: str, **arguments: Any) -> str:
    """Call a tool that must be refused; return what it says."""
    result = await assistant.call_tool(tool, arguments)
    assert result.is_error, result.structured_content
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


class LostResponses(httpx2.AsyncBaseTransport):
    """Reaches the edge, and loses the response of the first write."""

    def __init__(self, app: FastAPI) -> None:
        self._transport = httpx2.ASGITransport(app)
        self._lost = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._transport.handle_async_request(request)
        if request.method == "POST" and not self._lost:
            self._lost = True
            raise httpx2.ReadTimeout("the response was lost", request=request)
        return response


async def test_an_assistant_creates_a_habit_and_does_it(
    http: httpx2.AsyncClient, token: str
) -> None:
    async with connected(http, token) as assistant:
        water = await call(assistant, "create_habit", **WATER)
        assert (water["unit"], water["goal"]["amount"]) == ("ml", 2000)
        await call(assistant, "check_in", habit_id=water["id"], amount=300)
        written = await call(assistant, "check_in", habit_id=water["id"], amount=0.5, note="a sip")
        assert (written["date"], written["amount"]) == (str(TODAY), 300.5)
        [item] = (await call(assistant, "today"))["items"]
        assert (item["habit_id"], item["amount"]) == (water["id"], 300.5)
        assert (await call(assistant, "undo", habit_id=water["id"]))["amount"] == 300
        progress = await call(assistant, "progress", habit_id=water["id"])
        assert progress["current_unit"]["percent"] == 15
        listed = await call(assistant, "list_habits")
        assert [it["id"] for it in listed["items"]] == [water["id"]]
        assert (await call(assistant, "list_habits", state="archived"))["items"] == []


async def test_a_repeated_call_happens_once(http: httpx2.AsyncClient, token: str) -> None:
    async with connected(http, token) as assistant:
        water = await call(assistant, "create_habit", **WATER, idempotency_key="mine")
        assert await call(assistant, "create_habit", **WATER, idempotency_key="mine") == water
        sip = {"habit_id": water["id"], "amount": 300}
        first = await call(assistant, "check_in", **sip)
        key = first["idempotency_key"]
        assert await call(assistant, "check_in", **sip, idempotency_key=key) == first
        assert (await call(assistant, "undo", habit_id=water["id"]))["amount"] is None


async def test_a_lost_response_says_how_to_repeat_the_call(app: FastAPI, token: str) -> None:
    """The server is connected in this process, so that the loss is between it and the edge."""
    http = httpx2.AsyncClient(transport=LostResponses(app), base_url="http://habits.example")
    server = create_server(RestClient(http, lambda: {"Authorization": f"Bearer {token}"}))
    async with http, Client(server) as assistant:
        lost = await refusal(assistant, "create_habit", title="Run")
        assert "The Habit Tracker does not answer (ReadTimeout)." in lost
        key = lost.partition("idempotency_key ")[2].partition(",")[0]
        run = await call(assistant, "create_habit", title="Run", idempotency_key=key)
        assert [it["id"] for it in (await call(assistant, "list_habits"))["items"]] == [run["id"]]


async def test_a_refusal_is_an_error_with_its_sentence(
    http: httpx2.AsyncClient, token: str
) -> None:
    async with connected(http, token) as assistant:
        run = (await call(assistant, "create_habit", title="Run"))["id"]
        amount = await refusal(assistant, "check_in", habit_id=run, amount=2)
        assert amount.endswith("AMOUNT_ON_YES_NO: A yes_no habit takes no amount. Leave it out.")
        assert "HABIT_NOT_FOUND: " in await refusal(assistant, "progress", habit_id=str(uuid4()))
        assert "habit_id" in await refusal(assistant, "progress", habit_id="../../me")
        assert "NOTHING_TO_UNDO: " in await refusal(assistant, "undo", habit_id=run)
        schedule = {"frequency": "hourly"}
        unreadable = await refusal(assistant, "create_habit", title="Run", schedule=schedule)
        assert "REQUEST_INVALID: " in unreadable
        assert "schedule.frequency" in unreadable
        away = await refusal(assistant, "summary")
        assert "SERVICE_UNAVAILABLE: " in away
        assert "habit_id" in await refusal(assistant, "check_in")


async def test_a_client_of_the_protocol_before_works_too(
    http: httpx2.AsyncClient, token: str
) -> None:
    async with connected(http, token, mode="legacy") as assistant:
        run = await call(assistant, "create_habit", title="Run")
        assert (await call(assistant, "check_in", habit_id=run["id"]))["mark"] == "done"


async def test_tools_say_what_they_change(http: httpx2.AsyncClient, token: str) -> None:
    async with connected(http, token) as assistant:
        tools = (await assistant.list_tools()).tools
    reading = {it.name for it in tools if it.annotations and it.annotations.read_only_hint}
    assert reading == {"list_habits", "today", "progress", "summary"}
    destroying = {it.name for it in tools if it.annotations and it.annotations.destructive_hint}
    assert destroying == {"undo"}
    assert {it.name for it in tools} == reading | destroying | {"check_in", "create_habit"}
