"""`/health/live`, `/health/ready`; and `/metrics`, which production has on a port of its own."""

import asyncio
from typing import Literal

import grpc
from fastapi import APIRouter, Request, Response
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from edge.clients import InjectedClients
from edge.health.schemas import Dependency, Live, Readiness

type State = Literal["ready", "not_ready", "unreachable"]

router = APIRouter(tags=["operations"])
metrics_router = APIRouter(tags=["operations"])

_CHECK_SECONDS = 0.5


@router.get("/health/live")
async def live() -> Live:
    """Report that the process is alive."""
    return Live()


@router.get("/health/ready", responses={503: {"model": Readiness}})
async def ready(request: Request, response: Response, clients: InjectedClients) -> Readiness:
    """Report the state of each dependency; 503 while one is not ready."""
    checks = {name: _service_state(channel) for name, channel in clients.channels.items()}
    if redis_url := request.app.state.settings.redis_url:
        checks["redis"] = _redis_state(redis_url)
    states = dict(zip(checks, await asyncio.gather(*checks.values()), strict=True))
    all_ready = all(state == "ready" for state in states.values())
    response.status_code = 200 if all_ready else 503
    return Readiness(
        state="ready" if all_ready else "not_ready",
        dependencies={name: Dependency(state=state) for name, state in states.items()},
    )


@metrics_router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Export metrics in the Prometheus text format."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _service_state(channel: grpc.aio.Channel) -> State:
    check = health_pb2_grpc.HealthStub(channel).Check
    try:
        answer = await check(health_pb2.HealthCheckRequest(), timeout=_CHECK_SECONDS)
    except grpc.aio.AioRpcError:
        return "unreachable"
    serving = answer.status == health_pb2.HealthCheckResponse.SERVING
    return "ready" if serving else "not_ready"


async def _redis_state(url: str) -> State:
    client = Redis.from_url(
        url,
        socket_timeout=_CHECK_SECONDS,
        socket_connect_timeout=_CHECK_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    async with client:
        try:
            await client.ping()
        except (RedisError, OSError):
            return "unreachable"
    return "ready"
