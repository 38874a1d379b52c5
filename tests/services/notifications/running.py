"""A notifications server in this process, and roles that run for a while."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from chassis.identity import TokenVerifier
from chassis.rpc.server import Server
from contracts.notifications.v1.notification_service_pb2_grpc import (
    add_NotificationServiceServicer_to_server,
)
from contracts.notifications.v1.push_service_pb2_grpc import add_PushServiceServicer_to_server
from contracts.notifications.v1.webhook_service_pb2_grpc import add_WebhookServiceServicer_to_server
from services.notifications.servicer import NotificationServicer, PushServicer, WebhookServicer
from tests.builders import SigningKey

STOP_SECONDS = 15.0


@asynccontextmanager
async def serving(
    servicer: NotificationServicer | None,
    key: SigningKey,
    *,
    pushes: PushServicer | None = None,
    webhooks: WebhookServicer | None = None,
) -> AsyncIterator[str]:
    """Serve servicers on a free port, and tell their address."""

    async def healthy() -> bool:
        return True

    server = Server(
        "notifications",
        listen="127.0.0.1:0",
        verifier=TokenVerifier(key.jwks_file),
        healthy=healthy,
    )
    if servicer is not None:
        server.add(add_NotificationServiceServicer_to_server, servicer)
    if pushes is not None:
        server.add(add_PushServiceServicer_to_server, pushes)
    if webhooks is not None:
        server.add(add_WebhookServiceServicer_to_server, webhooks)
    async with server.running():
        yield f"127.0.0.1:{server.port}"


@asynccontextmanager
async def running(role: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    """Play a role inside the block, and have it stop as SIGTERM would."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(role(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, STOP_SECONDS)
