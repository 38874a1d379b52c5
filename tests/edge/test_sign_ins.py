"""How many requests with a password may be under way at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, Request

from edge import problems
from edge.clients import open_clients
from edge.pipeline import Pipeline
from edge.settings import EdgeSettings
from edge.sign_ins import PATHS, SignInLimitMiddleware
from tests.chassis.waiting import eventually
from tests.edge.openapi_fields import operations
from tests.edge.servers import UNREACHABLE, expect_problem, http_client, running_edge

LIMIT = 3


class HeldApp:
    """An app whose sign-ins take until they are let through."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.inside = 0
        self.opened = asyncio.Event()
        problems.install(self.app)
        for path in ("/v1/auth/login", "/v1/today"):
            self.app.post(path)(self._enter)
        self.app.add_middleware(SignInLimitMiddleware, limit=LIMIT)

    async def _enter(self, request: Request) -> str:
        await request.body()
        self.inside += 1
        await self.opened.wait()
        return "in"

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        settings = EdgeSettings(
            auth_target=UNREACHABLE,
            habits_target=UNREACHABLE,
            analytics_target=UNREACHABLE,
            notifications_target=UNREACHABLE,
        )
        async with (
            open_clients(settings) as clients,
            http_client(Pipeline(self.app, clients, settings, None)) as client,
        ):
            yield client


async def send(client: httpx.AsyncClient, path: str, count: int) -> Sequence[httpx.Response]:
    return await asyncio.gather(*(client.post(path, json={}) for _ in range(count)))


async def until_inside(held: HeldApp, count: int) -> None:
    async def are_inside() -> bool:
        return held.inside >= count

    await eventually(are_inside)


@pytest.fixture
def held() -> HeldApp:
    return HeldApp()


async def test_more_than_may_be_under_way_are_refused_before_they_are_read(held: HeldApp) -> None:
    async with held.client() as client:
        waiting = asyncio.create_task(send(client, "/v1/auth/login", LIMIT))
        await until_inside(held, LIMIT)
        for response in await send(client, "/v1/auth/login", 20):
            expect_problem(response, 429, "TOO_BUSY")
            assert 1 <= int(response.headers["retry-after"]) <= 4
        others = asyncio.create_task(send(client, "/v1/today", LIMIT + 1))
        await until_inside(held, 2 * LIMIT + 1)  # other routes are not limited
        held.opened.set()
        responses = [*await waiting, *await others, *await send(client, "/v1/auth/login", LIMIT)]
        assert {response.status_code for response in responses} == {200}


async def test_a_slow_body_keeps_nobody_out(held: HeldApp) -> None:
    rest = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await rest.wait()
        yield b"}"

    held.opened.set()
    async with held.client() as client, asyncio.TaskGroup() as group:
        for _ in range(LIMIT * 2):
            group.create_task(client.post("/v1/auth/login", content=slowly()))
        for _ in range(10):  # they have begun
            await asyncio.sleep(0)
        assert [it.status_code for it in await send(client, "/v1/auth/login", LIMIT)] == [200] * 3
        rest.set()


async def test_every_route_that_takes_a_password_is_limited() -> None:
    async with running_edge() as edge:
        every = operations((await edge.get("/openapi.json")).json())
    with_password = {
        it.path
        for it in every
        if it.method == "POST"
        and it.body_schema is not None
        and any("password" in str(path[-1]) for path, _ in it.fields())
    }
    assert with_password == PATHS
