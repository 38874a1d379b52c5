"""A real server on a free port and a real stub, for each test that asks.

Auth's contract carries these tests, because the chassis has none of its own; what its methods do
here is made up.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import grpc
import pytest

from chassis.identity import TokenVerifier
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from contracts.auth.v1 import auth_service_pb2
from contracts.auth.v1.auth_service_pb2_grpc import (
    AuthServiceServicer,
    AuthServiceStub,
    add_AuthServiceServicer_to_server,
)
from tests.builders import SigningKey

type Serve = Callable[..., AbstractAsyncContextManager[AuthServiceStub]]


class Toggle:
    """A health check whose result tests switch."""

    def __init__(self, healthy: bool = True) -> None:
        self.healthy = healthy

    async def __call__(self) -> bool:
        return self.healthy


@pytest.fixture
def serve(signing_key: SigningKey) -> Serve:
    """Provide a function that serves a servicer and returns a stub to call it with."""

    @asynccontextmanager
    async def serving(
        servicer: AuthServiceServicer, *, public: tuple[str, ...] = ("Login",)
    ) -> AsyncIterator[AuthServiceStub]:
        server = a_server(signing_key, servicer, public=public)
        async with (
            server.running(),
            connect(f"127.0.0.1:{server.port}", auth_service_pb2.DESCRIPTOR) as channel,
        ):
            yield AuthServiceStub(channel)

    return serving


def a_server(
    key: SigningKey,
    servicer: AuthServiceServicer,
    *,
    public: tuple[str, ...] = ("Login",),
    listen: str = "127.0.0.1:0",
    healthy: Toggle | None = None,
) -> Server:
    server = Server(
        "sample", listen=listen, verifier=TokenVerifier(key.jwks_file), healthy=healthy or Toggle()
    )
    server.add(add_AuthServiceServicer_to_server, servicer, public=public)
    return server


async def failure(call: Any) -> grpc.aio.AioRpcError:
    """Await a call that must fail and return its error."""
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await asyncio.wait_for(call, 20)
    return failed.value
