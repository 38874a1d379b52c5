"""Sessions that have ended are refused by every process that verifies tokens."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from chassis.identity import AccessTokenRevoked, TokenVerifier
from chassis.revocation import REVOKED_CHANNEL, REVOKED_KEY, RevocationList
from tests.builders import SigningKey, a_caller

MINUTE_MS = 60_000


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - Redis does not say
            await asyncio.sleep(0.01)


def in_a_minute() -> int:
    return int(time.time() * 1000) + MINUTE_MS


async def test_a_process_that_starts_knows_what_was_revoked_before(redis_url: str) -> None:
    revoked = uuid4()
    async with Redis.from_url(redis_url) as redis:
        await redis.zadd(REVOKED_KEY, {str(revoked): in_a_minute()})
    known = RevocationList()
    async with known.following(redis_url):
        await until(lambda: revoked in known)


async def test_a_running_process_hears_of_a_revocation_at_once(redis_url: str) -> None:
    first, second, known = uuid4(), uuid4(), RevocationList()
    async with Redis.from_url(redis_url) as redis, known.following(redis_url):
        await redis.zadd(REVOKED_KEY, {str(first): in_a_minute()})
        await until(lambda: first in known)  # it listens from now on
        await redis.publish(REVOKED_CHANNEL, f"{second} {in_a_minute()}")
        await until(lambda: second in known)


async def test_a_message_that_was_missed_is_found_within_the_poll(redis_url: str) -> None:
    """Nothing is published here: the set alone is enough."""
    first, missed, known = uuid4(), uuid4(), RevocationList()
    async with Redis.from_url(redis_url) as redis, known.following(redis_url):
        await redis.zadd(REVOKED_KEY, {str(first): in_a_minute()})
        await until(lambda: first in known)
        await redis.zadd(REVOKED_KEY, {str(missed): in_a_minute()})
        await until(lambda: missed in known)


async def test_without_redis_what_is_known_stays_refused() -> None:
    revoked, known = uuid4(), RevocationList()
    known.add(revoked, time.time() + 60)
    async with known.following("redis://127.0.0.1:1/0"):
        await asyncio.sleep(0.05)
        assert revoked in known


async def test_what_cannot_be_read_is_passed_over(redis_url: str) -> None:
    revoked, known = uuid4(), RevocationList()
    async with Redis.from_url(redis_url) as redis, AsyncExitStack() as stack:
        stack.push_async_callback(redis.zrem, REVOKED_KEY, "no id")
        await redis.zadd(REVOKED_KEY, {"no id": in_a_minute(), str(revoked): in_a_minute() + 1})
        await stack.enter_async_context(known.following(redis_url))
        await until(lambda: revoked in known)


def test_a_revocation_is_dropped_when_its_tokens_have_expired() -> None:
    known, first, second = RevocationList(), uuid4(), uuid4()
    known.add(first, time.time() - 1)
    known._clean_at = 0.0
    known.add(second, time.time() + 60)
    assert first not in known
    assert second in known


@pytest.mark.parametrize("revokes", ["session", "account"])
def test_a_verified_token_that_was_cached_is_refused_too(
    signing_key: SigningKey, revokes: str
) -> None:
    verifier, caller = TokenVerifier(signing_key.jwks_file), a_caller()
    token = signing_key.token(caller)
    assert verifier.verify(token) == caller
    revoked = caller.session_id if revokes == "session" else caller.id
    verifier.revoked.add(revoked, time.time() + 60)
    with pytest.raises(AccessTokenRevoked):
        verifier.verify(token)
