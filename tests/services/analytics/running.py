"""A real analytics service in this process: real PostgreSQL, a clock that can be wound."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.message import Message
from jwt.algorithms import OKPAlgorithm

from chassis.clock import Wound
from chassis.context import Work, during
from chassis.database import Database
from chassis.identity import ALGORITHM, Caller, Verifier
from chassis.ids import uuid7
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from chassis.rpc.status import Details, refusal_details
from contracts.analytics.v1 import analytics_service_pb2
from contracts.analytics.v1.analytics_service_pb2_grpc import (
    AnalyticsServiceStub,
    add_AnalyticsServiceServicer_to_server,
)
from services.analytics.consumers import handlers
from services.analytics.servicer import AnalyticsServicer
from services.analytics.tables import REPLAYS

NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)
"""A Friday."""
KEY_ID = "test"


@dataclass(frozen=True, kw_only=True)
class RunningAnalytics:
    """The service, and what a test needs to tell it and ask it things."""

    stub: AnalyticsServiceStub
    database: Database
    clock: Wound
    key: Ed25519PrivateKey
    target: str

    def token_of(self, caller: Caller) -> str:
        claims = caller.to_claims(issue_time=datetime.now(UTC))
        return jwt.encode(claims, self.key, algorithm=ALGORITHM, headers={"kid": KEY_ID})

    @contextmanager
    def calling_as(self, caller: Caller) -> Iterator[None]:
        with during(Work(token=self.token_of(caller))):
            yield

    async def tell(self, *events: Message) -> None:
        """Have the service hear events, in this order, as its consumer would."""
        await tell(self.database, *events)


@asynccontextmanager
async def running_analytics(database_url: str, folder: Path) -> AsyncIterator[RunningAnalytics]:
    """Serve analytics on a free port inside the block."""
    key = Ed25519PrivateKey.generate()
    public = json.loads(OKPAlgorithm.to_jwk(key.public_key()))
    jwks_file = folder / "jwks.json"
    jwks_file.write_text(json.dumps({"keys": [public | {"kid": KEY_ID, "alg": ALGORITHM}]}))
    database, wound = Database(database_url), Wound(NOON)
    server = Server(
        "analytics",
        listen="127.0.0.1:0",
        verifier=Verifier(jwks_file),
        healthy=database.healthy,
    )
    servicer = AnalyticsServicer(database, replays=REPLAYS, now=wound)
    server.add(add_AnalyticsServiceServicer_to_server, servicer)
    async with server.running():
        target = f"127.0.0.1:{server.port}"
        async with connect(target, analytics_service_pb2.DESCRIPTOR) as channel:
            yield RunningAnalytics(
                stub=AnalyticsServiceStub(channel),
                database=database,
                clock=wound,
                key=key,
                target=target,
            )
    await database.close()


async def tell(database: Database, *events: Message) -> None:
    """Have the service hear events, each in its own transaction."""
    for event in events:
        found = handlers.find(event.DESCRIPTOR.full_name)
        assert found is not None, f"{event.DESCRIPTOR.full_name} is not heard"
        async with database.transaction() as session:
            await found[1](session, event)


def a_caller(**settings: object) -> Caller:
    """Return somebody nobody has heard of."""
    good_until = datetime.now(UTC) + timedelta(hours=1)
    return Caller(id=uuid7(), session_id=uuid4(), expire_time=good_until, **settings)  # type: ignore[arg-type]


async def events_of[E: Message](database: Database, event: type[E], owner_id: UUID) -> list[E]:
    """Return what was announced about a person, oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT body FROM analytics.outbox WHERE type = $1 ORDER BY create_time, id",
            event.DESCRIPTOR.full_name,
        )
    told = [event.FromString(row["body"]) for row in rows]
    return [it for it in told if it.owner_id == str(owner_id)]  # type: ignore[attr-defined]


@contextmanager
def refused(reason: str, code: grpc.StatusCode) -> Iterator[list[Details]]:
    """Expect the block to be refused; the list holds the details afterwards."""
    found: list[Details] = []
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        yield found
    found.append(refusal_details(caught.value))
    assert (found[0].reason, found[0].code) == (reason, code)
