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
from tests.builders import SigningKey
from tests.services.notifications.bot.peer_services import SECRET, Auth, Habits, serving
from tests.services.notifications.running import running


@pytest.fixture
def auth(signing_key: SigningKey) -> Auth:
    return Auth(signing_key)  # type: ignore[abstract]  # what the bot calls is there


@pytest.fixture
def habits() -> Habits:
    return Habits()  # type: ignore[abstract]  # what the bot calls is there


@pytest.fixture
async def a_bot(
    database: Database, cache: Cache, gateway: Telegram, auth: Auth, habits: Habits
) -> AsyncIterator[Callable[[], UpdatePoller]]:
    """Lend a function that makes bots which can call auth and habits."""
    files = (*AUTH_FILES, *HABITS_FILES, *ANALYTICS_FILES)
    async with serving(auth, habits) as target, connect(target, *files) as channel:

        def make() -> UpdatePoller:
            channels = Channels(channel, channel, channel, SECRET)
            services = create_services(database, cache, gateway, channels)
            return UpdatePoller(gateway, cache, create_dispatcher(services))

        yield make


@pytest.fixture
async def bot(a_bot: Callable[[], UpdatePoller]) -> AsyncIterator[None]:
    """Let a bot listen during the test."""
    async with running(a_bot().run):
        yield
