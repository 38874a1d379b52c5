"""The channels to other services, and the clients that speak over them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc

from chassis.database import Database
from chassis.rpc.channel import connect
from contracts.analytics.v1 import analytics_service_pb2
from contracts.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceStub
from contracts.auth.v1 import auth_service_pb2, credential_service_pb2
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.auth.v1.credential_service_pb2_grpc import CredentialServiceStub
from contracts.habits.v1 import (
    check_in_service_pb2,
    export_service_pb2,
    habit_service_pb2,
    import_service_pb2,
    progress_service_pb2,
    reminder_service_pb2,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.export_service_pb2_grpc import ExportServiceStub
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from contracts.habits.v1.import_service_pb2_grpc import ImportServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from contracts.habits.v1.reminder_service_pb2_grpc import ReminderServiceStub
from services.notifications.bot.accounts_client import AccountsClient
from services.notifications.bot.context import BotServices
from services.notifications.bot.data_client import DataClient
from services.notifications.bot.delegated_calls import DelegatedCalls
from services.notifications.bot.file_transfers import FileTransfers
from services.notifications.bot.habit_editor import HabitEditor
from services.notifications.bot.habits_client import HabitsClient
from services.notifications.bot.statistics_client import StatisticsClient
from services.notifications.bot.tips_client import TipsClient
from services.notifications.cache import Cache
from services.notifications.settings import NotificationsSettings
from services.notifications.telegram import Telegram

AUTH_FILES = (auth_service_pb2.DESCRIPTOR, credential_service_pb2.DESCRIPTOR)
HABITS_FILES = (
    check_in_service_pb2.DESCRIPTOR,
    export_service_pb2.DESCRIPTOR,
    habit_service_pb2.DESCRIPTOR,
    import_service_pb2.DESCRIPTOR,
    progress_service_pb2.DESCRIPTOR,
    reminder_service_pb2.DESCRIPTOR,
)
ANALYTICS_FILES = (analytics_service_pb2.DESCRIPTOR,)


@dataclass(frozen=True, slots=True)
class Channels:
    """Open channels, and the secret that auth lets the bot act for people by."""

    auth: grpc.aio.Channel
    habits: grpc.aio.Channel
    analytics: grpc.aio.Channel
    delegation_secret: str


@asynccontextmanager
async def open_channels(settings: NotificationsSettings) -> AsyncIterator[Channels]:
    """Open the channels to the services that the bot calls."""
    async with (
        connect(settings.auth_target, *AUTH_FILES, tls=settings.tls_files) as auth,
        connect(settings.habits_target, *HABITS_FILES, tls=settings.tls_files) as habits,
        connect(settings.analytics_target, *ANALYTICS_FILES, tls=settings.tls_files) as analytics,
    ):
        yield Channels(auth, habits, analytics, settings.delegation_secret)


def create_statistics(channels: Channels) -> StatisticsClient:
    """Return what asks analytics for pictures."""
    calls = DelegatedCalls(
        AuthServiceStub(channels.auth), delegation_secret=channels.delegation_secret
    )
    return StatisticsClient(
        calls, AnalyticsServiceStub(channels.analytics), ProgressServiceStub(channels.habits)
    )


def create_services(
    database: Database, cache: Cache, telegram: Telegram, channels: Channels
) -> BotServices:
    """Return what the bot's handlers use."""
    secret = channels.delegation_secret
    auth, progress = AuthServiceStub(channels.auth), ProgressServiceStub(channels.habits)
    calls = DelegatedCalls(auth, delegation_secret=secret)
    analytics = AnalyticsServiceStub(channels.analytics)
    editor = HabitEditor(calls, HabitServiceStub(channels.habits), progress)
    habits = HabitsClient(
        calls,
        CheckInServiceStub(channels.habits),
        progress,
        ReminderServiceStub(channels.habits),
    )
    data = DataClient(calls, ExportServiceStub(channels.habits), ImportServiceStub(channels.habits))
    return BotServices(
        database=database,
        cache=cache,
        telegram=telegram,
        habits=habits,
        editor=editor,
        accounts=AccountsClient(
            calls, auth, CredentialServiceStub(channels.auth), delegation_secret=secret
        ),
        statistics=StatisticsClient(calls, analytics, progress),
        tips=TipsClient(calls, analytics, progress),
        transfers=FileTransfers(telegram, data),
    )
