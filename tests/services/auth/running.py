"""A real auth service in this process: real PostgreSQL, real Redis, a manual clock."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import jwt
import pytest
from google.protobuf.message import Message
from redis.asyncio import Redis

from chassis import clock
from chassis.caller import Caller
from chassis.clock import ManualClock
from chassis.database import Database
from chassis.identity import AccessTokenRevoked, TokenVerifier
from chassis.rpc.channel import connect
from chassis.rpc.metadata import Metadata
from chassis.rpc.server import Server
from chassis.rpc.status import Details, refusal_details
from contracts.auth.v1 import auth_service_pb2, credential_service_pb2
from contracts.auth.v1.account_event_service_pb2_grpc import AccountEventServiceStub
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_service_pb2 import RegisterRequest, RegisterResponse
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.auth.v1.credential_service_pb2_grpc import CredentialServiceStub
from contracts.auth.v1.oidc_service_pb2_grpc import OidcServiceStub
from contracts.auth.v1.personal_token_service_pb2_grpc import PersonalTokenServiceStub
from contracts.auth.v1.proxy_sign_in_service_pb2_grpc import ProxySignInServiceStub
from contracts.auth.v1.session_service_pb2_grpc import SessionServiceStub
from services.auth.__main__ import create_dependencies, register
from services.auth.cache import open_redis
from services.auth.dao.key_files import make_keys
from services.auth.settings import AuthSettings
from services.auth.use_cases.dependencies import AuthDependencies

PASSWORD = "correct horse battery"
DELEGATION_SECRET = "between-services-only"


@dataclass(frozen=True, kw_only=True)
class RunningAuth:
    """The service, and what a test needs to ask it things."""

    stub: AuthServiceStub
    credentials: CredentialServiceStub
    sessions: SessionServiceStub
    tokens: PersonalTokenServiceStub
    events: AccountEventServiceStub
    oidc: OidcServiceStub
    proxy_sign_in: ProxySignInServiceStub
    database: Database
    redis: Redis
    clock: ManualClock
    verifier: TokenVerifier
    target: str
    folder: Path
    dependencies: AuthDependencies

    def verified(self, access_token: str) -> Caller:
        return self.verifier.verify(access_token)


def settings_for(database_url: str, redis_url: str, folder: Path, **changes: Any) -> AuthSettings:
    """Return settings under which tests are quick and not limited, with changes."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "amqp_url": "",
        "redis_url": redis_url,
        "signing_key_file": folder / "signing.pem",
        "jwks_file": folder / "jwks.json",
        "delegation_secret": DELEGATION_SECRET,
        "bcrypt_cost": 4,
        "hashing_queue_size": 64,
        "registrations_per_address": 10_000,
    }
    return AuthSettings(**values | changes)


@asynccontextmanager
async def running_auth(
    database_url: str, redis_url: str, folder: Path, **changes: Any
) -> AsyncIterator[RunningAuth]:
    """Serve auth on a free port inside the block, with changes to the settings."""
    settings = settings_for(database_url, redis_url, folder, **changes)
    make_keys(settings.signing_key_file, settings.jwks_file)
    database, redis = Database(database_url), open_redis(redis_url)
    dependencies = create_dependencies(settings, redis)
    manual_clock = ManualClock(clock.now())
    verifier = TokenVerifier(settings.jwks_file, redis_url=redis_url)
    server = Server("auth", listen="127.0.0.1:0", verifier=verifier, healthy=database.healthy)
    failures = register(
        server,
        database,
        dependencies,
        key_set=settings.jwks_file.read_text,
        now=manual_clock,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        stack.push_async_callback(redis.aclose)
        stack.push_async_callback(dependencies.password_hasher.close)
        stack.push_async_callback(failures.close)
        await stack.enter_async_context(server.running())
        target = f"127.0.0.1:{server.port}"
        files = (module.DESCRIPTOR for module in (auth_service_pb2, credential_service_pb2))
        channel = await stack.enter_async_context(connect(target, *files))
        yield RunningAuth(
            stub=AuthServiceStub(channel),
            credentials=CredentialServiceStub(channel),
            sessions=SessionServiceStub(channel),
            tokens=PersonalTokenServiceStub(channel),
            events=AccountEventServiceStub(channel),
            oidc=OidcServiceStub(channel),
            proxy_sign_in=ProxySignInServiceStub(channel),
            database=database,
            redis=redis,
            clock=manual_clock,
            verifier=verifier,
            target=target,
            folder=folder,
            dependencies=dependencies,
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


async def until_revoked(auth: RunningAuth, access_token: str) -> None:
    """Wait until an access token is refused because its session has ended."""
    async with asyncio.timeout(60):
        while True:
            try:
                auth.verified(access_token)
            except AccessTokenRevoked:
                return
            await asyncio.sleep(0.02)


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
