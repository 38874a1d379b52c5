"""What is left of sessions when Redis is killed, loses its data, or loses a reply: RFC 9700 4.14.2.

The tests of kills have a Valkey of their own, durable as in production.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from uuid import UUID

import grpc
import pytest
from redis.asyncio import Redis

from chassis.revocation import RevocationList
from contracts.auth.v1.account_pb2 import TokenPair
from contracts.auth.v1.auth_service_pb2 import LoginRequest, LogoutRequest, RefreshSessionRequest
from local.folders import create_folders
from local.servers.valkey import Valkey
from services.auth.domain.refresh_token import read_refresh_token
from tests.chassis.proxy import FaultProxy, Mode
from tests.chassis.waiting import eventually
from tests.services.auth.running import (
    PASSWORD,
    RunningAuth,
    refused,
    registered,
    running_auth,
)

pytestmark = pytest.mark.timeout(240)

NO_ANSWER = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
"""The second one where the machine is so busy that even giving up takes long."""


class PrivateValkey:
    """A durable Valkey that a test may kill."""

    def __init__(self, folder: Path) -> None:
        self._folders = create_folders(folder)
        self._server = Valkey(self._folders)
        self._process: asyncio.subprocess.Process | None = None
        self.url = self._server.url

    async def start(self) -> None:
        await self._server.prepare(lambda _: None)
        (spec,) = self._server.processes()
        self._process = await asyncio.create_subprocess_exec(
            *spec.command, env=dict(spec.environment), stdout=asyncio.subprocess.DEVNULL
        )
        await eventually(spec.ready, within=60)

    async def kill(self) -> None:
        assert self._process
        os.kill(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        self._process = None

    async def close(self) -> None:
        if self._process:
            await self.kill()
        shutil.rmtree(self._folders.run, ignore_errors=True)

    def lose_data(self) -> None:
        shutil.rmtree(self._folders.data / "valkey")


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[PrivateValkey]:
    async with AsyncExitStack() as stack:
        server = PrivateValkey(tmp_path / "valkey")
        stack.push_async_callback(server.close)
        await server.start()
        yield server


async def refresh(auth: RunningAuth, refresh_token: str) -> TokenPair:
    request = RefreshSessionRequest(refresh_token=refresh_token)
    return (await auth.stub.RefreshSession(request)).tokens


async def login(auth: RunningAuth, email: str) -> TokenPair:
    return (await auth.stub.Login(LoginRequest(email=email, password=PASSWORD))).tokens


async def answered[A, T](call: Callable[[A], Awaitable[T]], argument: A) -> T:
    """Return the answer of a call, once the connections that were cut are replaced."""
    while True:
        try:
            return await call(argument)
        except grpc.aio.AioRpcError as error:
            if error.code() not in NO_ANSWER:
                raise
            await asyncio.sleep(0.05)


def session_of(tokens: TokenPair) -> UUID:
    return read_refresh_token(tokens.refresh_token).session_id


async def test_redis_killed_what_was_revoked_stays_revoked(
    auth_database_url: str, tmp_path: Path, valkey: PrivateValkey
) -> None:
    async with running_auth(auth_database_url, valkey.url, tmp_path) as auth:
        person = await registered(auth)
        revoked, kept = person.tokens, await login(auth, person.account.email)
        rotated = await refresh(auth, kept.refresh_token)
        await auth.stub.Logout(LogoutRequest(refresh_token=revoked.refresh_token))
        await valkey.kill()
        with refused("", grpc.StatusCode.UNAVAILABLE):
            await refresh(auth, rotated.refresh_token)
        await valkey.start()
        again = await answered(partial(refresh, auth), rotated.refresh_token)
        assert session_of(again) == session_of(kept)
        with refused("REFRESH_TOKEN_INVALID", grpc.StatusCode.UNAUTHENTICATED):
            await refresh(auth, revoked.refresh_token)

        async def knows_the_end() -> bool:
            return session_of(revoked) in known

        async with RevocationList().following(valkey.url) as known:  # as a process that starts
            await eventually(knows_the_end, within=60)
            assert session_of(kept) not in known


async def test_redis_without_its_data_means_401_and_never_200(
    auth_database_url: str, tmp_path: Path, valkey: PrivateValkey
) -> None:
    async with running_auth(auth_database_url, valkey.url, tmp_path) as auth:
        person = await registered(auth)
        ended = await login(auth, person.account.email)
        await auth.stub.Logout(LogoutRequest(refresh_token=ended.refresh_token))
        await valkey.kill()
        valkey.lose_data()
        await valkey.start()
        for tokens in (person.tokens, ended):
            with refused("REFRESH_TOKEN_INVALID", grpc.StatusCode.UNAUTHENTICATED):
                await answered(partial(refresh, auth), tokens.refresh_token)
        new = await login(auth, person.account.email)
        await refresh(auth, new.refresh_token)


async def test_a_lost_reply_revokes_no_honest_person_and_makes_no_two_successors(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """The reply is lost at each place of a refresh in turn, after Redis has done what was asked."""
    reached_the_server = set()
    async with (
        FaultProxy(redis_url) as proxy,
        running_auth(auth_database_url, proxy.url, tmp_path) as auth,
        Redis.from_url(redis_url) as watching,
    ):
        for place in range(6):
            tokens = (await registered(auth)).tokens
            proxy.cut()
            proxy.mode, proxy.responses_left = Mode.LOST_RESPONSES, place
            first = await outcome(auth, tokens.refresh_token)
            proxy.mode, proxy.responses_left = Mode.PASS, 0
            proxy.cut()
            key = f"auth:session:{session_of(tokens)}"
            reached_the_server.add((await watching.hexists(key, "previous"), first is None))
            successor = await answered(partial(refresh, auth), tokens.refresh_token)
            again = await refresh(auth, tokens.refresh_token)
            assert first in (None, successor.refresh_token), place
            assert again.refresh_token == successor.refresh_token, place
            third = await refresh(auth, successor.refresh_token)
            assert session_of(third) == session_of(tokens)
    lost_after_it_was_done = (True, True)
    assert lost_after_it_was_done in reached_the_server


async def outcome(auth: RunningAuth, refresh_token: str) -> str | None:
    """Return the successor, or None where there was no answer; anything else is a failure."""
    try:
        return (await refresh(auth, refresh_token)).refresh_token
    except grpc.aio.AioRpcError as error:
        if error.code() not in NO_ANSWER:
            raise
        return None


async def test_a_lost_reply_to_a_sign_out_can_be_repeated(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with (
        FaultProxy(redis_url) as proxy,
        running_auth(auth_database_url, proxy.url, tmp_path) as auth,
    ):
        for place in range(4):
            tokens = (await registered(auth)).tokens
            request = LogoutRequest(refresh_token=tokens.refresh_token)
            proxy.cut()
            proxy.mode, proxy.responses_left = Mode.LOST_RESPONSES, place
            with suppress(grpc.aio.AioRpcError):
                await auth.stub.Logout(request)
            proxy.mode, proxy.responses_left = Mode.PASS, 0
            proxy.cut()
            await answered(auth.stub.Logout, request)
            with refused("REFRESH_TOKEN_INVALID"):
                await refresh(auth, tokens.refresh_token)
