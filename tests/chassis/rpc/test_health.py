# mypy: disable-error-code="abstract"
"""A health check asks at the moment it is made; checks in quick succession share an answer."""

import asyncio

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceServicer
from tests.builders import SigningKey
from tests.chassis.rpc.conftest import Toggle, a_server

MAX_AGE_SECONDS = 0.2
STATES = health_pb2.HealthCheckResponse


class Counting(Toggle):
    """Counts how often it is asked."""

    asked = 0

    async def __call__(self) -> bool:
        self.asked += 1
        return await super().__call__()


async def test_no_answer_is_older_than_200_milliseconds(signing_key: SigningKey) -> None:
    healthy = Counting()
    server = a_server(signing_key, AuthServiceServicer(), healthy=healthy)
    async with (
        server.running(),
        grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        check = health_pb2_grpc.HealthStub(channel).Check
        for state in (True, False, True, False):
            healthy.healthy = state
            await asyncio.sleep(MAX_AGE_SECONDS)
            answer = await check(health_pb2.HealthCheckRequest())
            assert (answer.status == STATES.SERVING) == state
        before = healthy.asked
        await asyncio.gather(*(check(health_pb2.HealthCheckRequest()) for _ in range(200)))
        assert healthy.asked - before < 100
