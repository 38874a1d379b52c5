"""Every method of every service of a mesh, and why a call of it was refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from chassis.context import RequestContext, use_context
from chassis.rpc.channel import connect
from chassis.rpc.status import refusal_details
from edge.clients import SERVICE_FILES
from tests.journeys.mesh import Mesh

PUBLIC = frozenset(
    (
        "Register",
        "Login",
        "RefreshSession",
        "Logout",
        "GetKeySet",
        "ExchangeToken",
        "CreateChatAccount",
        "SignInWithCode",
        "ExchangePersonalToken",
        "GetSignInMethods",
        "StartOidcSignIn",
        "FinishOidcSignIn",
        "SignInByProxy",  # asks for the secret of the edge
        "CreateMiniAppSignInCode",  # asks for what Telegram has signed
        "GetCalendar",  # asks for the secret of the calendar
        "GetQuickLink",  # asks for the secret of the quick link
        "UseQuickLink",
        "BatchWriteCheckIns",  # looks at the token of each change
        "BatchCheckStateVersions",  # looks at the token of each check
    )
)
REFUSED = {"ACCESS_TOKEN_INVALID", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_MISSING"}


@asynccontextmanager
async def channel_to(
    mesh: Mesh, service: str, peer: str = "edge"
) -> AsyncIterator[grpc.aio.Channel]:
    """Open a channel to a service of the mesh, with the certificate of a process."""
    tls = mesh.tls_files_of(peer)
    async with connect(mesh.targets[service], *SERVICE_FILES[service], tls=tls) as channel:
        yield channel


def methods_of(service: str, *, public: bool = True) -> Iterator[tuple[str, bool]]:
    """Yield the methods of a service, and whether they answer a stream."""
    for file in SERVICE_FILES[service]:
        for name, described in file.services_by_name.items():
            for method in described.methods:
                if public or method.name not in PUBLIC:
                    yield f"/{file.package}.{name}/{method.name}", method.server_streaming


async def reason_of(
    channel: grpc.aio.Channel, method: str, token: str = "", *, streams: bool
) -> str:
    """Call a method with an empty request; return why it was refused, empty when it was not."""
    with use_context(RequestContext(token=token)):
        try:
            if streams:
                stream: Any = channel.unary_stream(method)
                async for _ in stream(b"", timeout=10):
                    break
            else:
                unary: Any = channel.unary_unary(method)
                await unary(b"", timeout=10)
        except grpc.aio.AioRpcError as error:
            return refusal_details(error).reason or error.code().name
    return ""
