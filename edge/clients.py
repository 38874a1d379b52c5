"""Typed stubs of the gRPC services that the edge calls, and the dependency that injects them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, cast

import grpc
from fastapi import Depends, Request
from google.protobuf.descriptor import FileDescriptor

from chassis.rpc.channel import connect
from contracts.analytics.v1 import analytics_service_pb2
from contracts.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceStub
from contracts.auth.v1 import (
    account_event_service_pb2,
    auth_service_pb2,
    credential_service_pb2,
    oidc_service_pb2,
    personal_token_service_pb2,
    session_service_pb2,
)
from contracts.auth.v1.account_event_service_pb2_grpc import AccountEventServiceStub
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.auth.v1.credential_service_pb2_grpc import CredentialServiceStub
from contracts.auth.v1.oidc_service_pb2_grpc import OidcServiceStub
from contracts.auth.v1.personal_token_service_pb2_grpc import PersonalTokenServiceStub
from contracts.auth.v1.session_service_pb2_grpc import SessionServiceStub
from contracts.habits.v1 import (
    check_in_service_pb2,
    habit_service_pb2,
    progress_service_pb2,
    reminder_service_pb2,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from contracts.habits.v1.reminder_service_pb2_grpc import ReminderServiceStub
from contracts.notifications.v1 import notification_service_pb2
from contracts.notifications.v1.notification_service_pb2_grpc import NotificationServiceStub
from edge.settings import EdgeSettings

SERVICE_FILES: Mapping[str, tuple[FileDescriptor, ...]] = {
    "auth": (
        auth_service_pb2.DESCRIPTOR,
        credential_service_pb2.DESCRIPTOR,
        session_service_pb2.DESCRIPTOR,
        personal_token_service_pb2.DESCRIPTOR,
        account_event_service_pb2.DESCRIPTOR,
        oidc_service_pb2.DESCRIPTOR,
    ),
    "habits": (
        habit_service_pb2.DESCRIPTOR,
        check_in_service_pb2.DESCRIPTOR,
        progress_service_pb2.DESCRIPTOR,
        reminder_service_pb2.DESCRIPTOR,
    ),
    "analytics": (analytics_service_pb2.DESCRIPTOR,),
    "notifications": (notification_service_pb2.DESCRIPTOR,),
}
"""The proto files of each service, by its name."""


@dataclass(frozen=True, slots=True)
class Clients:
    """Stubs of every service. Each call carries the caller's token and the remaining deadline."""

    auth: AuthServiceStub
    credentials: CredentialServiceStub
    sessions: SessionServiceStub
    personal_tokens: PersonalTokenServiceStub
    account_events: AccountEventServiceStub
    oidc: OidcServiceStub
    habits: HabitServiceStub
    check_ins: CheckInServiceStub
    progress: ProgressServiceStub
    reminders: ReminderServiceStub
    analytics: AnalyticsServiceStub
    notifications: NotificationServiceStub
    channels: Mapping[str, grpc.aio.Channel]
    """By service name; for health checks."""


@asynccontextmanager
async def open_clients(settings: EdgeSettings) -> AsyncIterator[Clients]:
    """Open the channels inside the block. Nothing is sent before the first call."""
    async with AsyncExitStack() as stack:
        channels = {
            name: await stack.enter_async_context(
                connect(getattr(settings, f"{name}_target"), *files, tls=settings.tls_files)
            )
            for name, files in SERVICE_FILES.items()
        }
        yield Clients(
            auth=AuthServiceStub(channels["auth"]),
            credentials=CredentialServiceStub(channels["auth"]),
            sessions=SessionServiceStub(channels["auth"]),
            personal_tokens=PersonalTokenServiceStub(channels["auth"]),
            account_events=AccountEventServiceStub(channels["auth"]),
            oidc=OidcServiceStub(channels["auth"]),
            habits=HabitServiceStub(channels["habits"]),
            check_ins=CheckInServiceStub(channels["habits"]),
            progress=ProgressServiceStub(channels["habits"]),
            reminders=ReminderServiceStub(channels["habits"]),
            analytics=AnalyticsServiceStub(channels["analytics"]),
            notifications=NotificationServiceStub(channels["notifications"]),
            channels=channels,
        )


async def get_clients(request: Request) -> Clients:
    """Return the app's clients: `async def route(clients: InjectedClients)`."""
    return cast("Clients", request.app.state.clients)


InjectedClients = Annotated[Clients, Depends(get_clients)]
"""The parameter through which a route gets the stubs."""
