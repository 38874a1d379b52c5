"""Rate limits: guessing passwords, registering, refreshing, exchanging; and too many at once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import grpc
import pytest

from chassis.rpc.status import refusal_details
from contracts.auth.v1.auth_service_pb2 import (
    DeleteAccountRequest,
    ExchangeTokenRequest,
    LoginRequest,
    RefreshSessionRequest,
    RegisterResponse,
)
from tests.services.auth.running import (
    DELEGATION_SECRET,
    PASSWORD,
    RunningAuth,
    an_email,
    bearer,
    refused,
    registered,
    registration,
    running_auth,
)

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"
NOWHERE = "redis://127.0.0.1:1/0"


async def fail(auth: RunningAuth, email: str, address: str) -> None:
    request = LoginRequest(email=email, password="wrong password", client_address=address)
    with refused("CREDENTIALS_WRONG"):
        await auth.stub.Login(request)


async def enter(auth: RunningAuth, email: str, address: str) -> None:
    request = LoginRequest(email=email, password=PASSWORD, client_address=address)
    await auth.stub.Login(request)


async def test_an_account_is_guessed_at_30_times_an_hour_at_most(auth: RunningAuth) -> None:
    """From a new address each time, and from the owner's own: ASVS 6.3.1."""
    email = (await registered(auth)).account.email
    await enter(auth, email, HOME)
    guesses = 0
    for n in range(120):
        address = HOME if n % 2 else f"203.0.{n}.{n}"
        request = LoginRequest(email=email, password=f"guess {n}", client_address=address)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await auth.stub.Login(request)
        guesses += refusal_details(caught.value).reason == "CREDENTIALS_WRONG"
    assert guesses == 30


async def test_after_some_failures_even_the_right_password_must_wait(auth: RunningAuth) -> None:
    email = (await registered(auth)).account.email
    for n in range(20):
        await fail(auth, email.upper(), f"203.0.113.{n}")
    with refused("TOO_MANY_ATTEMPTS", grpc.StatusCode.RESOURCE_EXHAUSTED) as details:
        await enter(auth, email, ELSEWHERE)
    wait = details[0].retry_after
    assert wait is not None
    assert timedelta(0) < wait <= timedelta(hours=1)
    assert details[0].metadata["policy"] == "account"


async def test_guesses_from_elsewhere_do_not_lock_the_owner_out(auth: RunningAuth) -> None:
    """Neither at an address they were signed in from, nor out of a session."""
    person = await registered(auth)
    email = person.account.email
    await enter(auth, email, HOME)
    for n in range(20):
        await fail(auth, email, f"203.0.114.{n}")
    with refused("TOO_MANY_ATTEMPTS"):
        await enter(auth, email, ELSEWHERE)
    await enter(auth, email, HOME)
    await auth.stub.RefreshSession(RefreshSessionRequest(refresh_token=person.tokens.refresh_token))


async def test_guessing_many_accounts_from_one_address_is_limited(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with running_auth(auth_database_url, redis_url, tmp_path, failures_per_address=8) as auth:
        for _ in range(8):
            await fail(auth, an_email(), "203.0.113.200")
        with refused("TOO_MANY_ATTEMPTS"):
            await enter(auth, an_email(), "203.0.113.200")


async def test_success_does_not_count(auth: RunningAuth) -> None:
    email = (await registered(auth)).account.email
    for _ in range(25):
        await enter(auth, email, HOME)


async def test_what_is_left_of_a_limit_is_told(auth: RunningAuth) -> None:
    email = (await registered(auth)).account.email
    await fail(auth, email, ELSEWHERE)
    request = LoginRequest(email=email, password=PASSWORD, client_address=ELSEWHERE)
    limit = (await auth.stub.Login(request)).rate_limit
    assert (limit.policy, limit.quota, limit.remaining) == ("account", 20, 18)
    assert limit.window_seconds == 3600
    assert 3590 <= limit.reset_seconds <= 3600


async def test_registering_is_limited_by_address(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """With it, asking which addresses have an account: ASVS 6.3.8."""
    async with running_auth(
        auth_database_url, redis_url, tmp_path, registrations_per_address=8
    ) as auth:
        email = (await registered(auth)).account.email
        for _ in range(7):
            with refused("EMAIL_TAKEN"):
                await auth.stub.Register(registration(email, client_address="203.0.113.201"))
        await auth.stub.Register(registration(client_address="203.0.113.201"))
        with refused("TOO_MANY_ATTEMPTS") as details:
            await auth.stub.Register(registration(client_address="203.0.113.201"))
        assert details[0].metadata["policy"] == "registration"


async def test_refreshing_is_limited_by_session(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with running_auth(
        auth_database_url, redis_url, tmp_path, refreshes_per_session=3
    ) as auth:
        tokens = (await registered(auth)).tokens
        for left in (2, 1, 0):
            answer = await auth.stub.RefreshSession(
                RefreshSessionRequest(refresh_token=tokens.refresh_token)
            )
            assert answer.rate_limit.remaining == left
            tokens = answer.tokens
        with refused("TOO_MANY_ATTEMPTS"):
            await auth.stub.RefreshSession(
                RefreshSessionRequest(refresh_token=tokens.refresh_token)
            )


async def test_guessing_the_delegation_secret_is_limited(auth: RunningAuth) -> None:
    request = ExchangeTokenRequest(delegation_secret="guess", actor="telegram", scope="export")
    for _ in range(10):
        with refused("DELEGATION_SECRET_WRONG"):
            await auth.stub.ExchangeToken(request)
    request.delegation_secret = DELEGATION_SECRET
    with refused("TOO_MANY_ATTEMPTS"):
        await auth.stub.ExchangeToken(request)


async def test_guessing_the_password_of_an_open_session_is_limited(auth: RunningAuth) -> None:
    caller = bearer((await registered(auth)).tokens.access_token)
    for _ in range(10):
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

    reasons = await asyncio.gather(*(reason() for _ in range(30)))
    assert sorted(set(reasons)) == ["CREDENTIALS_WRONG", "TOO_MANY_ATTEMPTS"]
    assert reasons.count("CREDENTIALS_WRONG") == 20


async def test_the_window_ends(auth_database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with running_auth(
        auth_database_url,
        redis_url,
        tmp_path,
        failures_per_account=1,
        failures_window=timedelta(milliseconds=300),
    ) as auth:
        email = (await registered(auth)).account.email
        await fail(auth, email, HOME)
        with refused("TOO_MANY_ATTEMPTS"):
            await enter(auth, email, HOME)
        await asyncio.sleep(0.35)
        await enter(auth, email, HOME)


async def test_without_redis_a_stricter_limit_holds_in_the_process(
    auth_database_url: str, tmp_path: Path
) -> None:
    async with running_auth(auth_database_url, NOWHERE, tmp_path) as auth:
        email = an_email()
        for _ in range(5):
            await fail(auth, email, HOME)
        with refused("TOO_MANY_ATTEMPTS") as details:
            await enter(auth, email, HOME)
        assert details[0].metadata["policy"] == "account"


async def test_a_storm_is_shed_and_the_queue_still_served(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with running_auth(
        auth_database_url, redis_url, tmp_path, hashing_queue_size=2, bcrypt_cost=10
    ) as auth:
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
