"""The health service of gRPC: its answer to `Check` is never older than 100 ms."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import OVERALL_HEALTH
from grpc_health.v1.health import aio as health_aio

_MAX_AGE_SECONDS = 0.1
"""Checks within so short a time share one answer, so that nobody can load the database by them."""
_INTERVAL_SECONDS = 1.0
_INTERVAL_SECONDS_UNHEALTHY = 0.1
_log = logging.getLogger(__name__)


class HealthServicer(health_aio.HealthServicer):  # type: ignore[misc]  # it has no types
    """Reports whether the service can work, for the whole server and for each gRPC service.

    Args:
        healthy: Returns whether the service can work at this moment.
        services: Full names of the gRPC services.
    """

    def __init__(self, healthy: Callable[[], Awaitable[bool]], services: Sequence[str]) -> None:
        super().__init__()
        self._healthy = healthy
        self._services = (OVERALL_HEALTH, *services)
        self._serving = False
        self._checked_at = -_MAX_AGE_SECONDS
        self._checking = asyncio.Lock()

    async def Check(  # noqa: N802  # as the proto names it
        self, request: health_pb2.HealthCheckRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> health_pb2.HealthCheckResponse:
        """Return the state at this moment."""
        await self._refresh()
        response: health_pb2.HealthCheckResponse = await super().Check(request, context)
        return response

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the state up to date inside the block, for `Watch`; NOT_SERVING at its end."""
        await self._set_serving(serving=False)
        refreshing = asyncio.create_task(self._refresh_regularly())
        try:
            yield
        finally:
            refreshing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await refreshing
            await self.enter_graceful_shutdown()

    async def _refresh_regularly(self) -> None:
        while True:
            await self._refresh()
            await asyncio.sleep(_INTERVAL_SECONDS if self._serving else _INTERVAL_SECONDS_UNHEALTHY)

    async def _refresh(self) -> None:
        """Ask `healthy`, unless that was done within the last 100 ms."""
        async with self._checking:
            if time.monotonic() - self._checked_at < _MAX_AGE_SECONDS:
                return
            started = time.monotonic()
            serving = await self._healthy()
            self._checked_at = started
            if serving != self._serving:
                self._serving = serving
                await self._set_serving(serving=serving)
                _log.info("health", extra={"serving": serving})

    async def _set_serving(self, *, serving: bool) -> None:
        states = health_pb2.HealthCheckResponse
        for service in self._services:
            await self.set(service, states.SERVING if serving else states.NOT_SERVING)
