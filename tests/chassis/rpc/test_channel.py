# mypy: disable-error-code="abstract"
# The servicers here answer only a part of their contract.

import asyncio
import json
from pathlib import Path

import grpc
import pytest

from chassis.context import RequestContext, use_context
from chassis.rpc.channel import connect, service_config
from chassis.rpc.interceptors import Context
from contracts.auth.v1 import auth_service_pb2 as wire
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceServicer, AuthServiceStub
from tests.builders import SigningKey
from tests.chassis.rpc.conftest import Serve, a_server, failure


class Failing(AuthServiceServicer):
    """Answers UNAVAILABLE a number of times before it works."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.calls = 0

    async def _answer(self, context: Context) -> None:
        self.calls += 1
        if self.left:
            self.left -= 1
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not now")

    async def GetKeySet(
        self, request: wire.GetKeySetRequest, context: Context
    ) -> wire.GetKeySetResponse:
        await self._answer(context)
        return wire.GetKeySetResponse()

    async def Login(self, request: wire.LoginRequest, context: Context) -> wire.LoginResponse:
        await self._answer(context)
        return wire.LoginResponse()


PUBLIC = ("GetKeySet", "Login")


def test_only_what_may_be_repeated_is_tried_again() -> None:
    """GetKeySet has no side effects, Logout is idempotent, Login is neither."""
    (policy,) = json.loads(service_config([wire.DESCRIPTOR]))["methodConfig"]
    methods = {name["method"] for name in policy["name"]}
    assert {"GetKeySet", "Logout"} <= methods
    assert not {"Login", "Register"} & methods
    assert policy["retryPolicy"]["retryableStatusCodes"] == ["UNAVAILABLE"]


async def test_a_safe_call_is_tried_again(serve: Serve) -> None:
    servicer = Failing(times=2)
    async with serve(servicer, public=PUBLIC) as auth:
        await auth.GetKeySet(wire.GetKeySetRequest())
    assert servicer.calls == 3


async def test_an_unsafe_call_is_not(serve: Serve) -> None:
    servicer = Failing(times=1)
    async with serve(servicer, public=PUBLIC) as auth:
        error = await failure(auth.Login(wire.LoginRequest()))
    assert error.code() == grpc.StatusCode.UNAVAILABLE
    assert servicer.calls == 1


async def test_trying_again_ends_with_the_deadline(serve: Serve) -> None:
    servicer = Failing(times=1_000)
    loop = asyncio.get_running_loop()
    async with serve(servicer, public=PUBLIC) as auth:
        started = loop.time()
        await failure(auth.GetKeySet(wire.GetKeySetRequest(), timeout=0.3))
    assert loop.time() - started < 2
    assert servicer.calls <= 5


async def test_a_server_that_starts_later_is_found_at_once(
    signing_key: SigningKey, tmp_path: Path
) -> None:
    """Services start in any order: a channel older than its server must not sit in back-off."""
    target = f"unix:{tmp_path / 's'}"
    async with connect(target, wire.DESCRIPTOR) as channel:
        auth = AuthServiceStub(channel)
        for _ in range(3):
            await failure(auth.Login(wire.LoginRequest(), timeout=0.5))
        await asyncio.sleep(1.0)
        server = a_server(signing_key, Failing(times=0), listen=target, public=PUBLIC)
        async with server.running():
            await auth.GetKeySet(wire.GetKeySetRequest(), timeout=3.0)


async def test_a_channel_outlives_the_server_it_found(
    signing_key: SigningKey, tmp_path: Path
) -> None:
    target = f"unix:{tmp_path / 's'}"
    async with connect(target, wire.DESCRIPTOR) as channel:
        auth = AuthServiceStub(channel)
        for _ in range(3):
            server = a_server(signing_key, Failing(times=0), listen=target, public=PUBLIC)
            async with server.running():
                await auth.GetKeySet(wire.GetKeySetRequest(), timeout=3.0)


async def test_metadata_of_a_call_goes_beside_that_of_the_work(serve: Serve) -> None:
    class MetadataRecording(Failing):
        seen: dict[str, str | bytes]

        async def Login(self, request: wire.LoginRequest, context: Context) -> wire.LoginResponse:
            self.seen = dict(context.invocation_metadata() or ())
            return wire.LoginResponse()

    servicer = MetadataRecording(times=0)
    async with serve(servicer) as auth:
        with use_context(RequestContext(request_id="r1", token="t1")):
            await auth.Login(wire.LoginRequest(), metadata=(("x-mine", "1"),))
    assert servicer.seen["x-mine"] == "1"
    assert servicer.seen["x-request-id"] == "r1"
    assert servicer.seen["authorization"] == "Bearer t1"


@pytest.mark.parametrize("spent", [0.0, 10.0])
async def test_when_the_time_is_over_nothing_is_sent(serve: Serve, spent: float) -> None:
    servicer = Failing(times=0)
    deadline = asyncio.get_running_loop().time() - spent
    async with serve(servicer, public=PUBLIC) as auth:
        with use_context(RequestContext(deadline=deadline)):
            error = await failure(auth.GetKeySet(wire.GetKeySetRequest()))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert servicer.calls == 0
