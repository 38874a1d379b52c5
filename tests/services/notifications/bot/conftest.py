"""A bot that listens to the stand-in, before small servers of auth's and habits' contracts."""

from collections.abc import AsyncIterator, Callable

import pytest

from chassis.database import Database
from chassis.rpc.channel import connect
from contracts.auth.v1 import auth_service_pb2
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.habits.v1 import (
    check_in_service_pb2,
    progress_service_pb2,
    reminder_service_pb2,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from contracts.habits.v1.reminder_service_pb2_grpc import ReminderServiceStub
from services.notifications.bot import habits_client as bot_habits
from services.notifications.bot.context import BotServices
from services.notifications.bot.delegated_calls import DelegatedCalls
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
    files = (
        auth_service_pb2.DESCRIPTOR,
        check_in_service_pb2.DESCRIPTOR,
        progress_service_pb2.DESCRIPTOR,
        reminder_service_pb2.DESCRIPTOR,
    )
    async with serving(auth, habits) as target, connect(target, *files) as channel:

        def make() -> UpdatePoller:
            asked = bot_habits.HabitsClient(
                DelegatedCalls(AuthServiceStub(channel), delegation_secret=SECRET),
                CheckInServiceStub(channel),
                ProgressServiceStub(channel),
                ReminderServiceStub(channel),
            )
            services = BotServices(database, cache, gateway, asked)
            return UpdatePoller(gateway, cache, create_dispatcher(services))

        yield make


@pytest.fixture
async def bot(a_bot: Callable[[], UpdatePoller]) -> AsyncIterator[None]:
    """Let a bot listen during the test."""
    async with running(a_bot().run):
        yield
