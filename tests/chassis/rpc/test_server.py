# mypy: disable-error-code="abstract"
# The servicers here answer only a part of their contract.

import asyncio
import logging
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from chassis.context import RequestContext, current_context, use_context
from chassis.errors import FailedPrecondition, Unavailable
from chassis.identity import TokenVerifier, current_caller
from chassis.rpc import peers
from chassis.rpc.channel import connect
from chassis.rpc.interceptors import Context
from chassis.rpc.server import Server
from chassis.rpc.status import refusal_details
from chassis.settings import ServiceSettings
from contracts.auth.v1 import auth_service_pb2 as wire
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_service_pb2_grpc import (
    AuthServiceServicer,
    AuthServiceStub,
    add_AuthServiceServicer_to_server,
)
from tests.builders import SigningKey, a_caller
from tests.chassis.rpc.conftest import Serve, Toggle, a_server, failure
from tests.chassis.waiting import eventually


class AccountLocked(FailedPrecondition):
    def __init__(self) -> None:
        super().__init__("The account is locked.", tries=5)


class Servicer(AuthServiceServicer):
    """Login is public and does what its e-mail says; GetAccount returns the caller."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.seen = RequestContext()

    async def Login(self, request: wire.LoginRequest, context: Context) -> wire.LoginResponse:
        self.began.set()
        self.seen = current_context()
        match request.email:
            case "refuse":
                raise AccountLocked
            case "break":
                raise ZeroDivisionError("secret inside")
            case "unavailable":
                raise Unavailable("postgres is away")
            case "slow":
                await asyncio.sleep(0.5)
            case "never":
                await asyncio.sleep(600)
            case "abort":
                await context.abort(grpc.StatusCode.DATA_LOSS, "mine")
        return wire.LoginResponse()

    async def GetAccount(
        self, request: wire.GetAccountRequest, context: Context
    ) -> wire.GetAccountResponse:
        return wire.GetAccountResponse(account=Account(id=str(current_caller().id)))


def login(email: str) -> wire.LoginRequest:
    return wire.LoginRequest(email=email)


async def test_a_refusal_arrives_with_its_reason(serve: Serve) -> None:
    async with serve(Servicer()) as auth:
        details = refusal_details(await failure(auth.Login(login("refuse"))))
    assert (details.code, details.reason, details.domain, details.metadata) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "ACCOUNT_LOCKED",
        "sample.mesh",
        {"tries": "5"},
    )
    assert details.message == "The account is locked."


async def test_a_bug_is_logged_whole_and_told_to_nobody(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(Servicer()) as auth:
        error = await failure(auth.Login(login("break")))
    assert (error.code(), error.details()) == (grpc.StatusCode.INTERNAL, "internal error")
    (record,) = [it for it in caplog.records if it.levelno == logging.ERROR]
    assert record.exc_info
    assert isinstance(record.exc_info[1], ZeroDivisionError)


async def test_a_part_that_is_away_is_unavailable(serve: Serve) -> None:
    async with serve(Servicer()) as auth:
        error = await failure(auth.Login(login("unavailable")))
    assert error.code() == grpc.StatusCode.UNAVAILABLE
    assert "postgres" not in (error.details() or "")


async def test_a_servicer_may_end_a_call_itself(serve: Serve) -> None:
    async with serve(Servicer()) as auth:
        error = await failure(auth.Login(login("abort")))
    assert (error.code(), error.details()) == (grpc.StatusCode.DATA_LOSS, "mine")


async def test_a_method_asks_who_calls_unless_it_is_public(serve: Serve) -> None:
    async with serve(Servicer()) as auth:
        await auth.Login(login("anybody"))
        error = await failure(auth.GetAccount(wire.GetAccountRequest()))
    assert error.code() == grpc.StatusCode.UNAUTHENTICATED
    assert refusal_details(error).reason == "ACCESS_TOKEN_MISSING"


async def test_the_token_that_travels_names_the_caller(
    serve: Serve, signing_key: SigningKey
) -> None:
    caller = a_caller()
    async with serve(Servicer()) as auth:
        with use_context(RequestContext(token=signing_key.token(caller))):
            answer = await auth.GetAccount(wire.GetAccountRequest())
        with use_context(RequestContext(token="forged")):
            error = await failure(auth.GetAccount(wire.GetAccountRequest()))
    assert answer.account.id == str(caller.id)
    assert refusal_details(error).reason == "ACCESS_TOKEN_INVALID"


async def test_callers_at_the_same_time_are_never_mixed_up(
    serve: Serve, signing_key: SigningKey
) -> None:
    callers = [a_caller() for _ in range(50)]

    async def who(auth: AuthServiceStub, token: str) -> str:
        with use_context(RequestContext(token=token)):
            return (await auth.GetAccount(wire.GetAccountRequest())).account.id

    async with serve(Servicer()) as auth:
        answers = await asyncio.gather(*(who(auth, signing_key.token(it)) for it in callers))
    assert answers == [str(it.id) for it in callers]


async def test_request_id_trace_and_deadline_travel(serve: Serve) -> None:
    servicer = Servicer()
    request_id = str(uuid4())
    async with serve(servicer) as auth:
        with use_context(RequestContext(request_id=request_id, traceparent="00-ab-cd-01")):
            await auth.Login(login("anybody"), timeout=2.0)
    assert servicer.seen.request_id == request_id
    assert servicer.seen.traceparent == "00-ab-cd-01"
    assert 0 < servicer.seen.seconds_left() < 2.1  # the wire has whole units, and clocks differ


async def test_a_call_with_hardly_any_time_is_not_begun(serve: Serve) -> None:
    servicer = Servicer()
    async with serve(servicer) as auth:
        await auth.Login(login("warm up"))
        servicer.began.clear()
        error = await failure(auth.Login(login("anybody"), timeout=0.09))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert not servicer.began.is_set()


async def test_a_call_without_a_deadline_ends_after_the_default(
    serve: Serve, signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client is not ours and sets no deadline."""
    monkeypatch.setattr("chassis.rpc.deadline.DEFAULT_SECONDS", 0.2)
    server = a_server(signing_key, Servicer())
    async with (
        server.running(),
        grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as bare,
    ):
        error = await failure(AuthServiceStub(bare).Login(login("never")))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED


async def test_a_public_rpc_must_exist(signing_key: SigningKey) -> None:
    with pytest.raises(ValueError, match="has no rpc Logins"):
        a_server(signing_key, Servicer(), public=("Logins",))


async def health_of(target: str) -> int:
    async with grpc.aio.insecure_channel(target) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        return int((await stub.Check(health_pb2.HealthCheckRequest(), timeout=5)).status)


async def until(target: str, wanted: int) -> None:
    async def reached() -> bool:
        return await health_of(target) == wanted

    await eventually(reached)


async def test_health_follows_what_the_service_stands_on(signing_key: SigningKey) -> None:
    healthy = Toggle(healthy=False)
    kinds = health_pb2.HealthCheckResponse
    server = a_server(signing_key, Servicer(), healthy=healthy)
    async with server.running():
        target = f"127.0.0.1:{server.port}"
        assert await health_of(target) == kinds.NOT_SERVING
        healthy.healthy = True
        await until(target, kinds.SERVING)
        healthy.healthy = False
        await until(target, kinds.NOT_SERVING)


async def test_a_call_in_flight_finishes_while_the_server_stops(signing_key: SigningKey) -> None:
    servicer = Servicer()
    stop = asyncio.Event()
    server = a_server(signing_key, servicer)
    running = asyncio.create_task(server.run(stop))

    async def listening() -> bool:
        return server.port > 0

    await eventually(listening)
    async with connect(f"127.0.0.1:{server.port}", wire.DESCRIPTOR) as channel:
        call = asyncio.ensure_future(AuthServiceStub(channel).Login(login("slow")))
        await servicer.began.wait()
        stop.set()
        assert await call == wire.LoginResponse()
        await asyncio.wait_for(running, 5)


async def test_a_unix_socket_does_as_well(signing_key: SigningKey, tmp_path: Path) -> None:
    target = f"unix:{tmp_path / 's'}"
    server = a_server(signing_key, Servicer(), listen=target)
    async with server.running(), connect(target, wire.DESCRIPTOR) as channel:
        await AuthServiceStub(channel).Login(login("anybody"))


def settings_with(key: SigningKey, **more: Any) -> ServiceSettings:
    return ServiceSettings(
        database_url="postgresql://unused",
        amqp_url="amqp://unused",
        jwks_file=key.jwks_file,
        grpc_listen="127.0.0.1:0",
        **more,
    )


@pytest.mark.parametrize("production", [False, True])
async def test_reflection_shows_the_api_except_in_production(
    signing_key: SigningKey, production: bool
) -> None:
    server = Server.from_settings(
        "sample",
        settings_with(signing_key, production=production),
        verifier=TokenVerifier(signing_key.jwks_file),
        healthy=Toggle(),
    )
    server.add(add_AuthServiceServicer_to_server, Servicer(), public=("Login",))
    async with server.running():

        def services() -> list[str]:
            with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
                return list(ProtoReflectionDescriptorDatabase(channel).get_services())

        if production:
            with pytest.raises(grpc.RpcError) as refused:
                await asyncio.to_thread(services)
            assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
        else:
            found = await asyncio.to_thread(services)
            assert {"contracts.auth.v1.AuthService", "grpc.health.v1.Health"} <= set(found)


def test_a_method_without_peers_is_not_served(
    signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails closed: the process does not start, and says what is missing."""
    monkeypatch.delitem(peers._PEERS["contracts.auth.v1.AuthService"], "Login")
    with pytest.raises(peers.PeersUnknown, match="AuthService/Login"):
        a_server(signing_key, Servicer())
