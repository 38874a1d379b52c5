"""A bot before the real auth and habits services, and a person who talks with it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import randrange
from typing import Any

import grpc
import pytest

from chassis.database import Database
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from contracts.analytics.v1 import picture_pb2
from contracts.analytics.v1.analytics_service_pb2 import (
    CreateReportRequest,
    CreateReportResponse,
    RenderStatsPictureRequest,
    RenderStatsPictureResponse,
    WaitForRevisionsRequest,
    WaitForRevisionsResponse,
)
from contracts.analytics.v1.analytics_service_pb2_grpc import (
    AnalyticsServiceServicer,
    add_AnalyticsServiceServicer_to_server,
)
from services.notifications.bot.clients import (
    ANALYTICS_FILES,
    AUTH_FILES,
    Channels,
    create_services,
)
from services.notifications.bot.dispatcher import create_dispatcher
from services.notifications.bot.update_poller import UpdatePoller
from services.notifications.cache import Cache
from services.notifications.telegram import Telegram
from tests.services.auth.running import DELEGATION_SECRET, RunningAuth, running_auth
from tests.services.notifications.bot.peer_services import Context
from tests.services.notifications.bot.test_peer_services import habits_serving
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn

PNG = b"\x89PNG\r\n\x1a\n"


class Analytics(AnalyticsServiceServicer):
    """Draws the same picture for everybody, and makes reports of nothing."""

    def __init__(self) -> None:
        self.pictures: list[RenderStatsPictureRequest] = []
        self.reports: list[CreateReportRequest] = []
        self.waits: list[WaitForRevisionsRequest] = []
        """What was waited for before a report; as many as there are reports."""

    async def RenderStatsPicture(
        self, request: RenderStatsPictureRequest, context: Context
    ) -> RenderStatsPictureResponse:
        self.pictures.append(request)
        picture = picture_pb2.Picture(data=PNG, alt_text=f"{request.day_count} days")
        return RenderStatsPictureResponse(picture=picture)

    async def CreateReport(
        self, request: CreateReportRequest, context: Context
    ) -> CreateReportResponse:
        self.reports.append(request)
        assert len(self.waits) == len(self.reports)
        return CreateReportResponse()

    async def WaitForRevisions(
        self, request: WaitForRevisionsRequest, context: Context
    ) -> WaitForRevisionsResponse:
        self.waits.append(request)
        return WaitForRevisionsResponse()


@pytest.fixture(scope="module")
def neighbors_url(migrated: Callable[..., str]) -> str:
    return migrated("auth", "habits")


@pytest.fixture
async def real_auth(
    neighbors_url: str, redis_url: str, tmp_path: Path, cache: Cache
) -> AsyncIterator[RunningAuth]:
    async with running_auth(neighbors_url, redis_url, tmp_path) as running_one:
        yield running_one


@pytest.fixture
def analytics() -> Analytics:
    return Analytics()  # type: ignore[abstract]  # what the bot calls is there


@pytest.fixture
async def habits_channel(real_auth: RunningAuth) -> AsyncIterator[grpc.aio.Channel]:
    async with habits_serving(real_auth) as channel:
        yield channel


@pytest.fixture
async def whole_bot(
    database: Database,
    cache: Cache,
    gateway: Telegram,
    real_auth: RunningAuth,
    habits_channel: grpc.aio.Channel,
    analytics: AnalyticsServiceServicer,
) -> AsyncIterator[None]:
    """Let a bot run that can call everybody."""

    async def healthy() -> bool:
        return True

    server = Server("analytics", listen="127.0.0.1:0", verifier=real_auth.verifier, healthy=healthy)
    server.add(add_AnalyticsServiceServicer_to_server, analytics)
    async with (
        server.running(),
        connect(real_auth.target, *AUTH_FILES) as auth,
        connect(f"127.0.0.1:{server.port}", *ANALYTICS_FILES) as statistics,
    ):
        channels = Channels(auth, habits_channel, statistics, DELEGATION_SECRET)
        services = create_services(database, cache, gateway, channels)
        async with running(UpdatePoller(gateway, cache, create_dispatcher(services)).run):
            yield


class Conversation:
    """One person's side of a chat, from the first word on."""

    def __init__(self, telegram: StandIn, chat: int) -> None:
        self.telegram = telegram
        self.chat = chat

    async def says(self, text: str) -> None:
        await self.telegram.say(self.chat, text)

    async def hears(self, text: str, *, count: int = 1) -> dict[str, Any]:
        return await self.telegram.wait_for_message(self.chat, text, count=count)

    async def presses(self, message: dict[str, Any], label: str) -> dict[str, Any]:
        """Press a button and return the message as it stands then."""
        await self.telegram.press(self.chat, message, label)
        return await self.reads(message)

    async def reads(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a message as it stands now."""
        everything = await self.telegram.messages(self.chat)
        return next(it for it in everything if it["message_id"] == message["message_id"])

    async def makes(self, line: str, title: str) -> None:
        """Make a habit in a line."""
        await self.says(f"/new {line}")
        await self.presses(await self.hears(f"✨ {title}"), "✅ Create")

    async def registers(self, language: str = "English", city: str = "Kolkata") -> None:
        await self.says("/start")
        welcome = await self.hears("I do not know you yet")
        await self.presses(welcome, f"✨ {language}")
        await self.says(city)


@pytest.fixture
async def ada(whole_bot: None, telegram: StandIn) -> Conversation:
    return Conversation(telegram, await telegram.open_chat("Ada", chat_id=randrange(10**9, 10**12)))
