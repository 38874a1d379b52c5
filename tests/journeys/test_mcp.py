"""An assistant with a personal token: the official SDK's client over stdio and over HTTP."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.chassis.waiting import eventually
from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients, Person, a_zone_at_daytime
from tests.servers import ROOT


async def a_token(person: Person, *scopes: str) -> str:
    """Create a personal token and return its secret."""
    created = await person.post("me/tokens", status=201, name="assistant", scopes=scopes)
    return str(created["secret"])


@asynccontextmanager
async def over_stdio(mesh: Mesh, token: str) -> AsyncIterator[Client]:
    """Start the server as an assistant does."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "edge.mcp"],
        cwd=ROOT,
        env={"HABITS_URL": mesh.api, "HABITS_TOKEN": token},
    )
    async with Client(stdio_client(server)) as assistant:
        yield assistant


@asynccontextmanager
async def over_http(mesh: Mesh, token: str) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(f"{mesh.api}/mcp", http_client=http)) as assistant,
    ):
        yield assistant


async def call(assistant: Client, tool: str, **arguments: Any) -> Any:
    result = await assistant.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def test_an_assistant_may_do_what_its_token_may(mesh: Mesh, clients: Clients) -> None:
    olga = await clients.register("Olga", timezone=a_zone_at_daytime())
    everything = ("habits:read", "habits:write", "check_ins:write", "analytics:read")
    async with over_stdio(mesh, await a_token(olga, *everything)) as assistant:
        run = await call(assistant, "create_habit", title="Run")
        done = await call(assistant, "check_in", habit_id=run["id"])
        assert done["date"] == str(olga.today())

        async def is_counted() -> bool:
            return bool((await call(assistant, "summary"))["check_ins"] == 1)

        await eventually(is_counted)
    async with over_http(mesh, await a_token(olga, "habits:read")) as assistant:
        [item] = (await call(assistant, "today"))["items"]
        assert item["habit_id"] == run["id"]
        refused = await assistant.call_tool("check_in", {"habit_id": run["id"]})
        assert refused.is_error
        assert "ACCESS_SCOPE_MISSING" in str(refused.content)
    [change] = (await olga.get(f"habits/{run['id']}/changes"))["items"]
    assert change["source"] == "api"
