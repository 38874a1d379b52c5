"""A real auth service in this process: real PostgreSQL, real Redis, a manual clock."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import jwt
import pytest
from google.protobuf.message import Message

from chassis import clock
from chassis.caller import Caller
from chassis.clock import ManualClock
from chassis.database import Database
from chassis.identity import TokenVerifier
from chassis.rpc.channel import connect
from chassis.rpc.metadata import Metadata
from chassis.rpc.server import Server
from chassis.rpc.status import Details, refusal_details
from contracts.auth.v1 import auth_service_pb2
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_service_pb2 import RegisterRequest, RegisterResponse
from contracts.auth.v1.auth_service_pb2_grpc import (
    AuthServiceStub,
    add_AuthServiceServicer_to_server,
)
from services.auth.__main__ import make_keys
from services.auth.cache import LoginLimiter, LoginLimits, Sessions, open_redis
from services.auth.servicer import PUBLIC, AuthServicer
from services.auth.use_cases import AuthDependencies, PasswordHasher, TokenIssuer

PASSWORD = "correct horse battery"
DELEGATION_SECRET = "between-services-only"


@dataclass(frozen=True, kw_only=True)
class RunningAuth:
    """The service, and what a test needs to ask it things."""

    stub: AuthServiceStub
    database: Database
    clock: ManualClock
    verifier: TokenVerifier
    target: str

    def verified(self, access_token: str) -> Caller:
        return self.verifier.verify(access_token)


@dataclass(frozen=True, kw_only=True)
class Options:
    """Settings of the service under test."""

    bcrypt_cost: int = 4
    queue_size: int = 64
    lifetime: timedelta = timedelta(days=30)
    limits: LoginLimits = field(
        default_factory=lambda: LoginLimits(
            window=timedelta(minutes=15), account_and_address=3, account=5, address=8
        )
    )


@asynccontextmanager
async def running_auth(
    database_url: str, redis_url: str, folder: Path, options: Options | None = None
) -> AsyncIterator[RunningAuth]:
    """Serve auth on a free port inside the block."""
    options = options or Options()
    key = make_keys(folder / "signing.pem", folder / "jwks.json")
    database, redis = Database(database_url), open_redis(redis_url)
    password_hasher = PasswordHasher(cost=options.bcrypt_cost, queue_size=options.queue_size)
    dependencies = AuthDependencies(
        sessions=Sessions(redis, lifetime=options.lifetime, grace=timedelta(seconds=10)),
        login_limiter=LoginLimiter(redis, options.limits),
        password_hasher=password_hasher,
        issuer=TokenIssuer(key, lifetime=timedelta(minutes=15), delegated=timedelta(minutes=5)),
        delegation_secret=DELEGATION_SECRET,
    )
    manual_clock = ManualClock(clock.now())
    verifier = TokenVerifier(folder / "jwks.json")
    server = Server("auth", listen="127.0.0.1:0", verifier=verifier, healthy=database.healthy)
    servicer = AuthServicer(
        database, dependencies, key_set=(folder / "jwks.json").read_text, now=manual_clock
    )
    server.add(add_AuthServiceServicer_to_server, servicer, public=PUBLIC)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        stack.push_async_callback(redis.aclose)
        stack.push_async_callback(password_hasher.close)
        await stack.enter_async_context(server.running())
        target = f"127.0.0.1:{server.port}"
        channel = connect(target, auth_service_pb2.DESCRIPTOR)
        yield RunningAuth(
            stub=AuthServiceStub(await stack.enter_async_context(channel)),
            database=database,
            clock=manual_clock,
            verifier=verifier,
            target=target,
        )


def an_email() -> str:
    """Return an email address without an account."""
    return f"ann-{uuid4().hex[:12]}@example.com"


def registration(email: str | None = None, /, **fields: object) -> RegisterRequest:
    """Return a request for an account."""
    password = str(fields.pop("password", PASSWORD))
    address = str(fields.pop("client_address", ""))
    account = Account(email=an_email() if email is None else email, **fields)  # type: ignore[arg-type]
    return RegisterRequest(account=account, password=password, client_address=address)


async def registered(auth: RunningAuth, **fields: object) -> RegisterResponse:
    """Register somebody new."""
    return await auth.stub.Register(registration(**fields))


def claims_in(access_token: str) -> dict[str, Any]:
    """Return what a token says, whether or not it is good at this moment."""
    claims: dict[str, Any] = jwt.decode(access_token, options={"verify_signature": False})
    return claims


def bearer(access_token: str) -> Metadata:
    """Return the metadata of a caller."""
    return (("authorization", f"Bearer {access_token}"),)


async def events_of[E: Message](auth: RunningAuth, event: type[E]) -> list[E]:
    """Return the published events of a type, oldest first."""
    async with auth.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT body FROM auth.outbox WHERE type = $1 ORDER BY id", event.DESCRIPTOR.full_name
        )
    return [event.FromString(row["body"]) for row in rows]


@contextmanager
def refused(reason: str, code: grpc.StatusCode | None = None) -> Iterator[list[Details]]:
    """Expect the block to be refused; the list holds the details afterwards."""
    found: list[Details] = []
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        yield found
    found.append(refusal_details(caught.value))
    assert found[0].reason == reason
    assert code is None or found[0].code == code
