"""A bot that listens to the stand-in, before small servers of auth's and habits' contracts."""

from collections.abc import AsyncIterator, Callable

import pytest

from chassis.database import Database
from chassis.rpc.channel import connect
from services.notifications.bot.clients import (
    ANALYTICS_FILES,
    AUTH_FILES,
    HABITS_FILES,
    Channels,
    create_services,
)
from services.notifications.bot.dispatcher import create_dispatcher
from services.notifications.bot.update_poller import UpdatePoller
from services.notifications.cache import Cache
from services.notifications.telegram import Telegram
from services.notifications.telegram.library import Dispatcher
from tests.builders import SigningKey
from tests.services.notifications.bot.peer_services import SECRET, Auth, Habits, serving
from tests.services.notifications.running import running


@pytest.fixture
def auth(signing_key: SigningKey) -> Auth:
    return Auth(signing_key)  # type: ignore[abstract]  # what the bot calls is there


@pytest.fixture
def habits() -> Habits:
    return Habits()  # type: ignore[abstract]  # what the bot calls is there


type DispatcherOf = Callable[[], Dispatcher]


@pytest.fixture
async def a_dispatcher(
    database: Database, cache: Cache, gateway: Telegram, auth: Auth, habits: Habits
) -> AsyncIterator[DispatcherOf]:
    """Lend a function that makes dispatchers whose handlers can call auth and habits."""
    files = (*AUTH_FILES, *HABITS_FILES, *ANALYTICS_FILES)
    async with serving(auth, habits) as target, connect(target, *files) as channel:

        def make() -> Dispatcher:
            channels = Channels(channel, channel, channel, SECRET)
            return create_dispatcher(create_services(database, cache, gateway, channels))

        yield make


@pytest.fixture
def a_bot(
    cache: Cache, gateway: Telegram, a_dispatcher: DispatcherOf
) -> Callable[[], UpdatePoller]:
    """Lend a function that makes bots which ask for updates."""
    return lambda: UpdatePoller(gateway, cache, a_dispatcher())


@pytest.fixture
async def bot(a_bot: Callable[[], UpdatePoller]) -> AsyncIterator[None]:
    """Let a bot listen during the test."""
    async with running(a_bot().run):
        yield
