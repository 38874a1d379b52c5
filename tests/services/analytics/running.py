"""A real analytics service in this process: real PostgreSQL, a clock that can be wound."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import grpc
import pytest
from google.protobuf.message import Message

from chassis.caller import Caller
from chassis.clock import ManualClock
from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.events.handlers import BatchEvent
from chassis.identity import TokenVerifier
from chassis.ids import uuid7
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from chassis.rpc.status import Details, refusal_details
from contracts.analytics.v1 import analytics_service_pb2
from contracts.analytics.v1.analytics_service_pb2_grpc import (
    AnalyticsServiceStub,
    add_AnalyticsServiceServicer_to_server,
)
from contracts.habits.v1 import check_in_service_pb2, habit_service_pb2
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from services.analytics.cache import AnswerCache
from services.analytics.consumers import handlers
from services.analytics.habits_client import HabitGateway
from services.analytics.pictures.renderer import PictureRenderer
from services.analytics.servicer import AnalyticsServicer
from services.analytics.tables import REPLAYS
from tests.builders import SigningKey

NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)
"""A Friday."""
NOWHERE = "127.0.0.1:1"
"""Nobody serves there."""


@dataclass(frozen=True, kw_only=True)
class RunningAnalytics:
    """The service, with its clock and its database."""

    stub: AnalyticsServiceStub
    database: Database
    clock: ManualClock
    key: SigningKey
    target: str
    habits: HabitGateway

    @contextmanager
    def calling_as(self, caller: Caller) -> Iterator[None]:
        with use_context(RequestContext(token=self.key.token(caller))):
            yield

    async def deliver(self, *events: Message) -> None:
        """Deliver events, in this order, as the consumer would."""
        await deliver(self.database, *events)


@asynccontextmanager
async def running_analytics(
    database_url: str,
    folder: Path,
    *,
    redis_url: str | None = None,
    habits_target: str = NOWHERE,
) -> AsyncIterator[RunningAnalytics]:
    """Serve analytics on a free port inside the block."""
    key = SigningKey(folder / "jwks.json")
    database, wound = Database(database_url), ManualClock(NOON)
    server = Server(
        "analytics",
        listen="127.0.0.1:0",
        verifier=TokenVerifier(key.jwks_file),
        healthy=database.healthy,
    )
    renderer = PictureRenderer()
    answers = AnswerCache(redis_url)
    habits_channel = connect(
        habits_target, habit_service_pb2.DESCRIPTOR, check_in_service_pb2.DESCRIPTOR
    )
    habits = HabitGateway(HabitServiceStub(habits_channel), CheckInServiceStub(habits_channel))
    servicer = AnalyticsServicer(
        database, habits=habits, renderer=renderer, answers=answers, replays=REPLAYS, now=wound
    )
    server.add(add_AnalyticsServiceServicer_to_server, servicer)
    async with habits_channel, server.running():
        target = f"127.0.0.1:{server.port}"
        async with connect(target, analytics_service_pb2.DESCRIPTOR) as channel:
            yield RunningAnalytics(
                stub=AnalyticsServiceStub(channel),
                database=database,
                clock=wound,
                key=key,
                target=target,
                habits=habits,
            )
    await renderer.close()
    await answers.close()
    await database.close()


async def deliver(database: Database, *events: Message) -> None:
    """Deliver events, each in its own transaction."""
    for event in events:
        name = event.DESCRIPTOR.full_name
        if (batch := handlers.find_batch(name)) is not None:
            async with database.connection() as connection, connection.transaction():
                await batch[1](connection, [BatchEvent(uuid7(), event)])
            continue
        found = handlers.find(name)
        assert found is not None, f"{name} is not handled"
        async with database.transaction() as session:
            await found[1](session, event)


async def events_of[E: Message](database: Database, event: type[E], owner_id: UUID) -> list[E]:
    """Return what was announced about a person, oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT body FROM analytics.outbox WHERE type = $1 ORDER BY create_time, id",
            event.DESCRIPTOR.full_name,
        )
    found = [event.FromString(row["body"]) for row in rows]
    return [it for it in found if it.owner_id == str(owner_id)]  # type: ignore[attr-defined]


@contextmanager
def refused(reason: str, code: grpc.StatusCode) -> Iterator[list[Details]]:
    """Expect the block to be refused; the list holds the details afterwards."""
    found: list[Details] = []
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        yield found
    found.append(refusal_details(caught.value))
    assert (found[0].reason, found[0].code) == (reason, code)
