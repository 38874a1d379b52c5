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
    proxy_sign_in_service_pb2,
    session_service_pb2,
)
from contracts.auth.v1.account_event_service_pb2_grpc import AccountEventServiceStub
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.auth.v1.credential_service_pb2_grpc import CredentialServiceStub
from contracts.auth.v1.oidc_service_pb2_grpc import OidcServiceStub
from contracts.auth.v1.personal_token_service_pb2_grpc import PersonalTokenServiceStub
from contracts.auth.v1.proxy_sign_in_service_pb2_grpc import ProxySignInServiceStub
from contracts.auth.v1.session_service_pb2_grpc import SessionServiceStub
from contracts.habits.v1 import (
    calendar_service_pb2,
    check_in_service_pb2,
    delta_service_pb2,
    export_service_pb2,
    habit_service_pb2,
    import_service_pb2,
    progress_service_pb2,
    quick_link_service_pb2,
    reminder_service_pb2,
)
from contracts.habits.v1.calendar_service_pb2_grpc import CalendarServiceStub
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.delta_service_pb2_grpc import DeltaServiceStub
from contracts.habits.v1.export_service_pb2_grpc import ExportServiceStub
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from contracts.habits.v1.import_service_pb2_grpc import ImportServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from contracts.habits.v1.quick_link_service_pb2_grpc import QuickLinkServiceStub
from contracts.habits.v1.reminder_service_pb2_grpc import ReminderServiceStub
from contracts.notifications.v1 import (
    mini_app_service_pb2,
    notification_service_pb2,
    push_service_pb2,
    webhook_service_pb2,
)
from contracts.notifications.v1.mini_app_service_pb2_grpc import MiniAppServiceStub
from contracts.notifications.v1.notification_service_pb2_grpc import NotificationServiceStub
from contracts.notifications.v1.push_service_pb2_grpc import PushServiceStub
from contracts.notifications.v1.webhook_service_pb2_grpc import WebhookServiceStub
from edge.settings import EdgeSettings

SERVICE_FILES: Mapping[str, tuple[FileDescriptor, ...]] = {
    "auth": (
        auth_service_pb2.DESCRIPTOR,
        credential_service_pb2.DESCRIPTOR,
        session_service_pb2.DESCRIPTOR,
        personal_token_service_pb2.DESCRIPTOR,
        account_event_service_pb2.DESCRIPTOR,
        oidc_service_pb2.DESCRIPTOR,
        proxy_sign_in_service_pb2.DESCRIPTOR,
    ),
    "habits": (
        habit_service_pb2.DESCRIPTOR,
        check_in_service_pb2.DESCRIPTOR,
        progress_service_pb2.DESCRIPTOR,
        reminder_service_pb2.DESCRIPTOR,
        export_service_pb2.DESCRIPTOR,
        import_service_pb2.DESCRIPTOR,
        calendar_service_pb2.DESCRIPTOR,
        delta_service_pb2.DESCRIPTOR,
        quick_link_service_pb2.DESCRIPTOR,
    ),
    "analytics": (analytics_service_pb2.DESCRIPTOR,),
    "notifications": (
        notification_service_pb2.DESCRIPTOR,
        mini_app_service_pb2.DESCRIPTOR,
        push_service_pb2.DESCRIPTOR,
        webhook_service_pb2.DESCRIPTOR,
    ),
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
    proxy_sign_in: ProxySignInServiceStub
    habits: HabitServiceStub
    check_ins: CheckInServiceStub
    progress: ProgressServiceStub
    reminders: ReminderServiceStub
    exports: ExportServiceStub
    imports: ImportServiceStub
    calendars: CalendarServiceStub
    deltas: DeltaServiceStub
    quick_links: QuickLinkServiceStub
    analytics: AnalyticsServiceStub
    notifications: NotificationServiceStub
    mini_app: MiniAppServiceStub
    push: PushServiceStub
    webhooks: WebhookServiceStub
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
            proxy_sign_in=ProxySignInServiceStub(channels["auth"]),
            habits=HabitServiceStub(channels["habits"]),
            check_ins=CheckInServiceStub(channels["habits"]),
            progress=ProgressServiceStub(channels["habits"]),
            reminders=ReminderServiceStub(channels["habits"]),
            exports=ExportServiceStub(channels["habits"]),
            imports=ImportServiceStub(channels["habits"]),
            calendars=CalendarServiceStub(channels["habits"]),
            deltas=DeltaServiceStub(channels["habits"]),
            quick_links=QuickLinkServiceStub(channels["habits"]),
            analytics=AnalyticsServiceStub(channels["analytics"]),
            notifications=NotificationServiceStub(channels["notifications"]),
            mini_app=MiniAppServiceStub(channels["notifications"]),
            push=PushServiceStub(channels["notifications"]),
            webhooks=WebhookServiceStub(channels["notifications"]),
            channels=channels,
        )


async def get_clients(request: Request) -> Clients:
    """Return the app's clients: `async def route(clients: InjectedClients)`."""
    return cast("Clients", request.app.state.clients)


InjectedClients = Annotated[Clients, Depends(get_clients)]
"""The parameter through which a route gets the stubs."""
