"""Signing in by the header of a trusted proxy, as auth sees it: the edge says whom it names."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import grpc
import pytest

from contracts.auth.v1.account_event_service_pb2 import ListAccountEventsRequest
from contracts.auth.v1.auth_service_pb2 import LoginRequest
from contracts.auth.v1.proxy_sign_in_service_pb2 import (
    LinkProxyUserRequest,
    SignInByProxyRequest,
    SignInByProxyResponse,
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


@pytest.fixture
async def behind(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[RunningAuth]:
    async with running_auth(auth_database_url, redis_url, tmp_path, proxy_sign_in=True) as running:
        yield running


async def sign_in(
    auth: RunningAuth, user: str, secret: str = DELEGATION_SECRET
) -> SignInByProxyResponse:
    return await auth.proxy_sign_in.SignInByProxy(
        SignInByProxyRequest(delegation_secret=secret, user=user, client_address="192.0.2.9")
    )


async def link(auth: RunningAuth, user: str, access_token: str) -> None:
    await auth.proxy_sign_in.LinkProxyUser(
        LinkProxyUserRequest(delegation_secret=DELEGATION_SECRET, user=user),
        metadata=bearer(access_token),
    )


async def test_it_is_off_unless_the_settings_say_otherwise(auth: RunningAuth) -> None:
    with refused("PROXY_SIGN_IN_OFF", grpc.StatusCode.FAILED_PRECONDITION):
        await sign_in(auth, "ann")
    caller = (await registered(auth)).tokens.access_token
    with refused("PROXY_SIGN_IN_OFF"):
        await link(auth, "ann", caller)


async def test_the_first_sign_in_creates_the_account_and_the_next_finds_it(
    behind: RunningAuth,
) -> None:
    user = f"ann-{uuid4().hex[:8]}"
    first = await sign_in(behind, user)
    assert (first.account.display_name, first.account.email) == (user, "")
    assert str(behind.verified(first.tokens.access_token).id) == first.account.id
    assert (await sign_in(behind, user)).account.id == first.account.id


async def test_a_user_who_is_an_address_has_it_in_any_case(behind: RunningAuth) -> None:
    email = an_email()
    first = await sign_in(behind, email)
    assert first.account.email == email
    assert (await sign_in(behind, email.upper())).account.id == first.account.id


async def test_ten_first_sign_ins_at_once_create_one_account(behind: RunningAuth) -> None:
    user = uuid4().hex
    answers = await asyncio.gather(*(sign_in(behind, user) for _ in range(10)))
    assert len({answer.account.id for answer in answers}) == 1


async def test_an_account_with_the_address_is_not_taken_over_but_linked_by_its_owner(
    behind: RunningAuth,
) -> None:
    """Whoever registered the address may be another; who knows the password links it."""
    email = an_email()
    ann = await behind.stub.Register(registration(email))
    with refused("EMAIL_TAKEN", grpc.StatusCode.ALREADY_EXISTS):
        await sign_in(behind, email)
    for _ in range(2):
        await link(behind, email, ann.tokens.access_token)
    assert (await sign_in(behind, email)).account.id == ann.account.id
    await behind.stub.Login(LoginRequest(email=email, password=PASSWORD))
    log = await behind.events.ListAccountEvents(
        ListAccountEventsRequest(), metadata=bearer(ann.tokens.access_token)
    )
    assert [event.kind for event in log.events].count("identity_linked") == 1


async def test_a_user_is_linked_to_one_account(behind: RunningAuth) -> None:
    user = uuid4().hex
    await sign_in(behind, user)
    bob = await registered(behind)
    with refused("IDENTITY_TAKEN", grpc.StatusCode.ALREADY_EXISTS):
        await link(behind, user, bob.tokens.access_token)


async def test_where_the_settings_create_no_accounts_a_stranger_is_refused(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with running_auth(
        auth_database_url,
        redis_url,
        tmp_path,
        proxy_sign_in=True,
        proxy_creates_accounts=False,
    ) as auth:
        user, ann = uuid4().hex, await registered(auth)
        with refused("PROXY_USER_UNKNOWN", grpc.StatusCode.PERMISSION_DENIED):
            await sign_in(auth, user)
        await link(auth, user, ann.tokens.access_token)
        assert (await sign_in(auth, user)).account.id == ann.account.id


async def test_who_does_not_know_the_secret_of_the_edge_names_nobody(behind: RunningAuth) -> None:
    for _ in range(10):
        with refused("DELEGATION_SECRET_WRONG"):
            await sign_in(behind, "ann", "guess")
    with refused("TOO_MANY_ATTEMPTS"):
        await sign_in(behind, "ann")
    await behind.redis.flushdb()


@pytest.mark.parametrize("user", ["", "   ", "a\nb", "x" * 255])
async def test_what_cannot_be_a_user_is_refused(behind: RunningAuth, user: str) -> None:
    with refused("PROXY_USER_MALFORMED", grpc.StatusCode.INVALID_ARGUMENT):
        await sign_in(behind, user)
