"""Whatever a request of any rpc holds, the caller is told what is wrong: never INTERNAL or UNKNOWN.

Requests are drawn from the descriptors that the server's reflection would show, as messages and as
plain bytes, for as long as `FUZZ_SECONDS` a service.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import FileDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from contracts.analytics.v1 import analytics_service_pb2
from contracts.auth.v1 import (
    account_event_service_pb2,
    auth_service_pb2,
    credential_service_pb2,
    personal_token_service_pb2,
    session_service_pb2,
)
from contracts.habits.v1 import (
    check_in_service_pb2,
    habit_service_pb2,
    progress_service_pb2,
    reminder_service_pb2,
)
from contracts.notifications.v1 import notification_service_pb2, webhook_service_pb2
from services.notifications.cache import Cache
from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhooks import WebhookRules
from services.notifications.servicer import NotificationServicer, WebhookServicer
from services.notifications.telegram import Telegram
from tests.builders import SigningKey, a_caller
from tests.services.analytics.running import running_analytics
from tests.services.auth.running import registration, running_auth
from tests.services.habits.habits_server import run_habits
from tests.services.notifications.running import serving
from tests.services.request_strategies import messages
from tests.telegram import telegram_stand_in

SECONDS = float(os.environ.get("FUZZ_SECONDS", "15"))
CALL_SECONDS = 20
MIN_CALLS = 50
NEVER = {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNAVAILABLE}
NEVER_IN_BATCH = {code.value[0] for code in NEVER}


@dataclass
class Target:
    """A service, its rpcs, and whose token to call them with."""

    address: str
    files: tuple[FileDescriptor, ...]
    token: Callable[[], str]
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def methods(self) -> list[MethodDescriptor]:
        return [
            method
            for file in self.files
            for service in file.services_by_name.values()
            for method in service.methods
        ]


@asynccontextmanager
async def auth(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Target]:
    files = (
        auth_service_pb2,
        credential_service_pb2,
        session_service_pb2,
        personal_token_service_pb2,
        account_event_service_pb2,
    )
    async with running_auth(database_url, redis_url, folder) as running:
        made = await running.stub.Register(registration())
        token = made.tokens.access_token
        yield Target(running.target, tuple(it.DESCRIPTOR for it in files), lambda: token)


@asynccontextmanager
async def habits(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Target]:
    files = (habit_service_pb2, check_in_service_pb2, progress_service_pb2, reminder_service_pb2)
    async with run_habits(database_url, folder) as running:
        ann = running.person()
        habit = await ann.makes("Run", start_date="2026-01-01")
        known = {"habit_id": habit.id, "id": habit.id, "access_token": ann.token, "title": "Run"}
        yield Target(running.target, tuple(it.DESCRIPTOR for it in files), lambda: ann.token, known)


@asynccontextmanager
async def analytics(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Target]:
    async with running_analytics(database_url, folder) as running:
        token = running.key.token(a_caller())
        yield Target(running.target, (analytics_service_pb2.DESCRIPTOR,), lambda: token)


@asynccontextmanager
async def notifications(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Target]:
    key, database, cache = (
        SigningKey(folder / "jwks.json"),
        Database(database_url),
        Cache(redis_url),
    )
    async with telegram_stand_in() as stand_in:
        telegram = Telegram(stand_in.token, api_url=stand_in.url, timeout=timedelta(seconds=5))
        token = key.token(a_caller())
        servicer = NotificationServicer(database, cache, telegram)
        webhooks = WebhookServicer(database, WebhookRules(AddressPolicy()))
        async with serving(servicer, key, webhooks=webhooks) as address:
            files = (notification_service_pb2.DESCRIPTOR, webhook_service_pb2.DESCRIPTOR)
            yield Target(address, files, lambda: token)
        await telegram.close()
        await cache.close()
        await database.close()


SERVICES: dict[str, Callable[[str, str, Path], AbstractAsyncContextManager[Target]]] = {
    "auth": auth,
    "habits": habits,
    "analytics": analytics,
    "notifications": notifications,
}


@dataclass
class Fuzzer:
    """Calls rpcs on an event loop of its own."""

    runner: asyncio.Runner
    target: Target
    channel: grpc.aio.Channel
    end: float
    calls: int = 0

    async def call(self, method: MethodDescriptor, data: bytes) -> None:
        path = f"/{method.containing_service.full_name}/{method.name}"
        metadata = (("authorization", f"Bearer {self.target.token()}"),)
        options: Any = {"metadata": metadata, "timeout": CALL_SECONDS}
        self.calls += 1
        try:
            if method.server_streaming:
                stream: Any = self.channel.unary_stream(path)
                async for _ in stream(data, **options):
                    pass
            else:
                call: Any = self.channel.unary_unary(path)
                self.expect_no_bug(method, await call(data, **options))
        except grpc.aio.AioRpcError as error:
            if error.code() in NEVER:
                pytest.fail(f"{path}: {error.code()} {error.details()}")

    def expect_no_bug(self, method: MethodDescriptor, data: bytes) -> None:
        """Expect that no item of a batch was refused by what looks like a bug."""
        response: Any = GetMessageClass(method.output_type).FromString(data)
        if method.name.startswith("Batch"):
            codes = {
                it.refusal.code
                for it in response.results
                if "refusal" in it.DESCRIPTOR.fields_by_name and it.HasField("refusal")
            }
            assert not codes & NEVER_IN_BATCH, response


@pytest.fixture(scope="module", params=sorted(SERVICES))
def fuzzer(
    request: pytest.FixtureRequest,
    migrated: Callable[..., str],
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Fuzzer]:
    folder = tmp_path_factory.mktemp(request.param)
    with asyncio.Runner() as runner:
        running = SERVICES[request.param](migrated(request.param), redis_url, folder)
        target = runner.run(running.__aenter__())
        channel = runner.run(_open(target.address))
        yield Fuzzer(runner, target, channel, time.monotonic() + SECONDS)
        runner.run(channel.close())
        runner.run(running.__aexit__(None, None, None))


async def _open(address: str) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(address)


@pytest.mark.timeout(SECONDS * 4 + 120)
@settings(
    max_examples=max(20, int(SECONDS * 40)),
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_no_request_looks_like_a_bug(fuzzer: Fuzzer, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(fuzzer.target.methods), label="method")
    request: Message = data.draw(messages(method.input_type, fuzzer.target.known), label="request")
    if time.monotonic() > fuzzer.end and fuzzer.calls > MIN_CALLS:
        return
    fuzzer.runner.run(fuzzer.call(method, request.SerializeToString()))


def test_bytes_that_are_no_request_are_refused(fuzzer: Fuzzer) -> None:
    for method in fuzzer.target.methods:
        for data in (b"\xff", b"\x0a\x02\xff\xfe", b"\0\0\0", bytes(range(256))):
            fuzzer.runner.run(fuzzer.call(method, data))
