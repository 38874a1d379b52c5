"""Being signed in: rotation, the grace for a lost reply, reuse, and the end."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import grpc

from contracts.auth.v1.account_pb2 import TokenPair
from contracts.auth.v1.auth_service_pb2 import (
    LoginRequest,
    LogoutAllRequest,
    LogoutRequest,
    RefreshSessionRequest,
)
from contracts.auth.v1.session_service_pb2 import DeleteSessionRequest, ListSessionsRequest
from services.auth.cache import RotationOutcome, Sessions, open_redis
from services.auth.domain.refresh_token import RefreshToken, read_refresh_token
from tests.services.auth.running import (
    PASSWORD,
    RunningAuth,
    bearer,
    refused,
    registered,
    registration,
    running_auth,
)


async def refresh(auth: RunningAuth, refresh_token: str) -> TokenPair:
    answer = await auth.stub.RefreshSession(RefreshSessionRequest(refresh_token=refresh_token))
    return answer.tokens


async def login(auth: RunningAuth, email: str) -> TokenPair:
    return (await auth.stub.Login(LoginRequest(email=email, password=PASSWORD))).tokens


async def test_a_refresh_token_buys_the_next_pair(auth: RunningAuth) -> None:
    person = await registered(auth)
    first = person.tokens
    second = await refresh(auth, first.refresh_token)
    third = await refresh(auth, second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert str(auth.verified(third.access_token).id) == person.account.id
    sessions = {auth.verified(pair.access_token).session_id for pair in (first, second, third)}
    assert len(sessions) == 1


async def test_a_lost_reply_signs_nobody_out(auth: RunningAuth) -> None:
    """Within 10 seconds the token just spent gets the very same answer."""
    tokens = (await registered(auth)).tokens
    lost = await refresh(auth, tokens.refresh_token)
    auth.clock.advance(timedelta(seconds=9))
    again = await refresh(auth, tokens.refresh_token)
    assert again == lost
    await refresh(auth, again.refresh_token)


async def test_two_tabs_that_refresh_at_once_get_the_same(auth: RunningAuth) -> None:
    tokens = (await registered(auth)).tokens
    pairs = await asyncio.gather(*(refresh(auth, tokens.refresh_token) for _ in range(8)))
    assert len({pair.refresh_token for pair in pairs}) == 1


async def test_a_spent_token_ends_its_whole_session(auth: RunningAuth) -> None:
    person = await registered(auth)
    elsewhere = await login(auth, person.account.email)
    second = await refresh(auth, person.tokens.refresh_token)
    auth.clock.advance(timedelta(seconds=11))
    with refused("REFRESH_TOKEN_REUSED", grpc.StatusCode.UNAUTHENTICATED):
        await refresh(auth, person.tokens.refresh_token)
    with refused("REFRESH_TOKEN_INVALID"):
        await refresh(auth, second.refresh_token)
    await refresh(auth, elsewhere.refresh_token)


async def test_only_the_immediate_predecessor_has_a_grace(auth: RunningAuth) -> None:
    first = (await registered(auth)).tokens
    second = await refresh(auth, first.refresh_token)
    await refresh(auth, second.refresh_token)
    with refused("REFRESH_TOKEN_REUSED"):
        await refresh(auth, first.refresh_token)


async def test_an_invented_token_of_a_session_does_not_end_it(auth: RunningAuth) -> None:
    """A session's id is no secret: every service reads it in the access token."""
    tokens = (await registered(auth)).tokens
    session_id = read_refresh_token(tokens.refresh_token).session_id
    with refused("REFRESH_TOKEN_INVALID"):
        await refresh(auth, str(RefreshToken(session_id, b"s" * 32, b"t" * 16)))
    await refresh(auth, tokens.refresh_token)


async def test_what_is_no_token_is_refused(auth: RunningAuth) -> None:
    for text in ("", "x", "ü", "a" * 86, "." * 500):
        with refused("REFRESH_TOKEN_INVALID"):
            await refresh(auth, text)


async def test_logout_ends_one_session(auth: RunningAuth) -> None:
    person = await registered(auth)
    elsewhere = await login(auth, person.account.email)
    for _ in range(2):
        await auth.stub.Logout(LogoutRequest(refresh_token=person.tokens.refresh_token))
    with refused("REFRESH_TOKEN_INVALID"):
        await refresh(auth, person.tokens.refresh_token)
    await refresh(auth, elsewhere.refresh_token)


async def test_logout_of_what_is_no_session_is_no_error(auth: RunningAuth) -> None:
    await auth.stub.Logout(LogoutRequest(refresh_token="nothing of ours"))


async def test_logout_all_ends_every_session_of_the_caller_alone(auth: RunningAuth) -> None:
    ann, bob = await registered(auth), await registered(auth)
    elsewhere = await login(auth, ann.account.email)
    await auth.stub.LogoutAll(LogoutAllRequest(), metadata=bearer(elsewhere.access_token))
    for tokens in (ann.tokens, elsewhere):
        with refused("REFRESH_TOKEN_INVALID"):
            await refresh(auth, tokens.refresh_token)
    await refresh(auth, bob.tokens.refresh_token)


async def test_an_account_has_at_most_fifty_sessions(auth: RunningAuth) -> None:
    person = await registered(auth)
    for _ in range(50):
        auth.clock.advance(timedelta(milliseconds=10))
        last = await login(auth, person.account.email)
    with refused("REFRESH_TOKEN_INVALID"):
        await refresh(auth, person.tokens.refresh_token)
    await refresh(auth, last.refresh_token)


async def test_a_session_of_an_account_that_is_gone_is_over(auth: RunningAuth) -> None:
    """Redis may have been away when the account was deleted."""
    person = await registered(auth)
    async with auth.database.connection() as connection:
        await connection.execute("DELETE FROM auth.accounts WHERE id = $1", UUID(person.account.id))
    with refused("REFRESH_TOKEN_INVALID"):
        await refresh(auth, person.tokens.refresh_token)


async def test_a_session_that_ends_while_it_is_renewed_is_over(redis_url: str) -> None:
    redis = open_redis(redis_url)
    sessions = Sessions(
        redis,
        lifetime=timedelta(days=1),
        absolute_lifetime=timedelta(days=2),
        grace=timedelta(seconds=10),
        token_lifetime=timedelta(minutes=15),
    )
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    rotation = await sessions.rotate(uuid4(), uuid4(), spent="a", successor="b", place="", now=now)
    assert rotation.outcome is RotationOutcome.ENDED
    await redis.aclose()


async def test_a_session_that_nobody_uses_ends(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with running_auth(
        auth_database_url, redis_url, tmp_path, session_lifetime=timedelta(seconds=1)
    ) as auth:
        tokens = (await registered(auth)).tokens
        await asyncio.sleep(0.6)
        tokens = await refresh(auth, tokens.refresh_token)
        await asyncio.sleep(0.6)
        tokens = await refresh(auth, tokens.refresh_token)  # using it keeps it
        await asyncio.sleep(1.2)
        with refused("REFRESH_TOKEN_INVALID"):
            await refresh(auth, tokens.refresh_token)


async def test_a_session_ends_after_its_absolute_lifetime_however_often_it_is_used(
    auth: RunningAuth,
) -> None:
    """ASVS 7.3.2: 180 days, beside the 30 that an unused session lives."""
    tokens = (await registered(auth)).tokens
    for _ in range(17):
        auth.clock.advance(timedelta(days=10))
        tokens = await refresh(auth, tokens.refresh_token)
    auth.clock.advance(timedelta(days=10) + timedelta(seconds=1))
    with refused("REFRESH_TOKEN_INVALID"):
        await refresh(auth, tokens.refresh_token)


async def test_sessions_are_listed_with_device_and_place(auth: RunningAuth) -> None:
    person = await registered(auth)
    auth.clock.advance(timedelta(seconds=1))
    request = LoginRequest(
        email=person.account.email,
        password=PASSWORD,
        device="Firefox on Linux",
        client_address="93.184.216.34",
    )
    elsewhere = (await auth.stub.Login(request)).tokens
    caller = bearer(person.tokens.access_token)
    listed = (await auth.sessions.ListSessions(ListSessionsRequest(), metadata=caller)).sessions
    assert [(one.device, one.place, one.current) for one in listed] == [
        ("Firefox on Linux", "93.184.216.x", False),
        ("", "", True),
    ]
    assert listed[0].id == str(auth.verified(elsewhere.access_token).session_id)
    lived = listed[0].expire_time.ToDatetime() - listed[0].create_time.ToDatetime()
    assert lived == timedelta(days=180)


async def test_a_session_is_ended_by_its_owner_alone(auth: RunningAuth) -> None:
    ann, bob = await registered(auth), await registered(auth)
    elsewhere = await login(auth, ann.account.email)
    session_id = str(auth.verified(elsewhere.access_token).session_id)
    request = DeleteSessionRequest(session_id=session_id)
    for unknown in (request, DeleteSessionRequest(session_id="mine")):
        with refused("SESSION_NOT_FOUND", grpc.StatusCode.NOT_FOUND):
            await auth.sessions.DeleteSession(unknown, metadata=bearer(bob.tokens.access_token))
    await auth.sessions.DeleteSession(request, metadata=bearer(ann.tokens.access_token))
    with refused("REFRESH_TOKEN_INVALID"):
        await refresh(auth, elsewhere.refresh_token)
    await refresh(auth, ann.tokens.refresh_token)


async def test_without_redis_signing_in_is_unavailable_and_says_so_at_once(
    auth_database_url: str, tmp_path: Path
) -> None:
    nowhere = "redis://127.0.0.1:1/0"
    async with running_auth(auth_database_url, nowhere, tmp_path) as auth:
        person = registration()
        with refused("", grpc.StatusCode.UNAVAILABLE):
            await auth.stub.Register(person)
        with refused("", grpc.StatusCode.UNAVAILABLE):
            await login(auth, person.account.email)
        token = str(RefreshToken(read_refresh_token("A" * 86).session_id, b"s" * 32, b"t" * 16))
        with refused("", grpc.StatusCode.UNAVAILABLE):
            await refresh(auth, token)
