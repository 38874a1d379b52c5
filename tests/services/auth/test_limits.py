"""Failing too often, and too many at once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import grpc
import pytest

from chassis.rpc.status import refusal_details
from contracts.auth.v1.auth_service_pb2 import DeleteAccountRequest, LoginRequest, RegisterResponse
from services.auth.cache import LoginLimits
from tests.services.auth.running import (
    PASSWORD,
    Options,
    RunningAuth,
    an_email,
    bearer,
    refused,
    registered,
    registration,
    running_auth,
)

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


async def fail(auth: RunningAuth, email: str, address: str) -> None:
    request = LoginRequest(email=email, password="wrong password", client_address=address)
    with refused("CREDENTIALS_WRONG"):
        await auth.stub.Login(request)


async def enter(auth: RunningAuth, email: str, address: str) -> None:
    request = LoginRequest(email=email, password=PASSWORD, client_address=address)
    await auth.stub.Login(request)


async def test_after_some_failures_even_the_right_password_must_wait(auth: RunningAuth) -> None:
    email = (await registered(auth)).account.email
    for _ in range(3):
        await fail(auth, email.upper(), ELSEWHERE)
    with refused("TOO_MANY_ATTEMPTS", grpc.StatusCode.RESOURCE_EXHAUSTED) as details:
        await enter(auth, email, ELSEWHERE)
    wait = details[0].retry_after
    assert wait is not None
    assert timedelta(0) < wait <= timedelta(minutes=15)


async def test_somebody_elses_failures_do_not_lock_the_owner_out_at_home(
    auth: RunningAuth,
) -> None:
    email = (await registered(auth)).account.email
    for _ in range(3):
        await fail(auth, email, "203.0.113.1")
    await enter(auth, email, "203.0.113.2")


async def test_guessing_from_many_places_is_limited_too(auth: RunningAuth) -> None:
    email = (await registered(auth)).account.email
    for n in range(5):
        await fail(auth, email, f"203.0.113.{n + 10}")
    with refused("TOO_MANY_ATTEMPTS"):
        await enter(auth, email, "203.0.113.99")


async def test_guessing_many_accounts_from_one_place_is_limited(auth: RunningAuth) -> None:
    for _ in range(8):
        await fail(auth, an_email(), "203.0.113.200")
    with refused("TOO_MANY_ATTEMPTS"):
        await enter(auth, an_email(), "203.0.113.200")


async def test_success_does_not_count(auth: RunningAuth) -> None:
    email = (await registered(auth)).account.email
    for _ in range(10):
        await enter(auth, email, HOME)


async def test_asking_which_addresses_are_taken_is_limited(auth: RunningAuth) -> None:
    email = (await registered(auth)).account.email
    for _ in range(8):
        with refused("EMAIL_TAKEN"):
            await auth.stub.Register(registration(email, client_address="203.0.113.201"))
    with refused("TOO_MANY_ATTEMPTS"):
        await auth.stub.Register(registration(client_address="203.0.113.201"))


async def test_guessing_the_password_of_an_open_session_is_limited(auth: RunningAuth) -> None:
    caller = bearer((await registered(auth)).tokens.access_token)
    for _ in range(5):
        with refused("PASSWORD_WRONG"):
            await auth.stub.DeleteAccount(DeleteAccountRequest(password="no"), metadata=caller)
    with refused("TOO_MANY_ATTEMPTS"):
        await auth.stub.DeleteAccount(DeleteAccountRequest(password=PASSWORD), metadata=caller)


async def test_attempts_at_once_do_not_pass_together(auth: RunningAuth) -> None:
    email = (await registered(auth)).account.email
    request = LoginRequest(email=email, password="wrong password", client_address=HOME)

    async def reason() -> str:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await auth.stub.Login(request)
        return refusal_details(caught.value).reason

    reasons = await asyncio.gather(*(reason() for _ in range(10)))
    assert sorted(set(reasons)) == ["CREDENTIALS_WRONG", "TOO_MANY_ATTEMPTS"]
    assert reasons.count("CREDENTIALS_WRONG") == 3


async def test_the_window_ends(auth_database_url: str, redis_url: str, tmp_path: Path) -> None:
    limits = LoginLimits(
        window=timedelta(milliseconds=300), account_and_address=1, account=9, address=9
    )
    options = Options(limits=limits)
    async with running_auth(auth_database_url, redis_url, tmp_path, options) as auth:
        email = (await registered(auth)).account.email
        await fail(auth, email, HOME)
        with refused("TOO_MANY_ATTEMPTS"):
            await enter(auth, email, HOME)
        await asyncio.sleep(0.35)
        await enter(auth, email, HOME)


async def test_a_storm_is_shed_and_the_queue_still_served(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    options = Options(queue_size=2, bcrypt_cost=10)
    async with running_auth(auth_database_url, redis_url, tmp_path, options) as auth:
        outcomes = await asyncio.gather(
            *(registered(auth) for _ in range(30)), return_exceptions=True
        )
        shed = [o for o in outcomes if isinstance(o, grpc.aio.AioRpcError)]
        served = [o for o in outcomes if isinstance(o, RegisterResponse)]
        assert len(served) >= 3
        assert len(served) + len(shed) == 30
        assert shed
        for error in shed:
            with refused("TOO_BUSY", grpc.StatusCode.RESOURCE_EXHAUSTED):
                raise error
        await registered(auth)
