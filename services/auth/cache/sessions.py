"""Sessions: one hash each, and for every account the list of its own.

`auth:session:ID` holds the account, the salt of the token chain, the digests of the token that is
good now and of the one before it. Scripts make each step atomic.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from redis.asyncio import Redis

from services.auth.cache.connection import answering

MOST_SESSIONS = 50
"""Of one account; a further sign-in ends the session that was used longest ago."""

_BEGIN = """
local session, index = KEYS[1], KEYS[2]
local id, account, salt, digest, device, now, ttl, most, prefix = unpack(ARGV)
redis.call('HSET', session, 'account', account, 'salt', salt, 'current', digest,
           'device', device, 'create_ms', now, 'use_ms', now)
redis.call('PEXPIRE', session, ttl)
redis.call('ZREMRANGEBYSCORE', index, '-inf', now - ttl)
redis.call('ZADD', index, now, id)
redis.call('PEXPIRE', index, ttl)
for _, old in ipairs(redis.call('ZRANGE', index, 0, -most - 1)) do
    redis.call('DEL', prefix .. old)
    redis.call('ZREM', index, old)
end
"""
_ROTATE = """
local session, index = KEYS[1], KEYS[2]
local id, spent, successor, now, grace, ttl = unpack(ARGV)
local known = redis.call('HMGET', session, 'current', 'previous', 'use_ms')
if not known[1] then return {'over', 0} end
if spent == known[1] then
    redis.call('HSET', session, 'previous', spent, 'current', successor, 'use_ms', now)
    redis.call('PEXPIRE', session, ttl)
    redis.call('ZADD', index, now, id)
    redis.call('PEXPIRE', index, ttl)
    return {'rotated', tonumber(now)}
end
if spent == known[2] and now - known[3] <= tonumber(grace) then
    return {'rotated', tonumber(known[3])}
end
redis.call('DEL', session)
redis.call('ZREM', index, id)
return {'reused', 0}
"""
_END_ALL = """
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    redis.call('DEL', ARGV[1] .. id)
end
redis.call('DEL', KEYS[1])
"""
_SESSION = "auth:session:"
_INDEX = "auth:sessions:"


class Outcome(StrEnum):
    """What came of spending a refresh token."""

    ROTATED = "rotated"
    REUSED = "reused"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Rotation:
    """How a token was spent, and when it was spent first."""

    outcome: Outcome
    time: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a session before its token is looked at."""

    account_id: UUID
    salt: bytes


class Sessions:
    """Where people are signed in.

    Args:
        redis: A client that does not repeat commands.
        lifetime: How long a session lives that nobody uses.
        grace: How long the token just spent is still answered.
    """

    def __init__(self, redis: Redis, *, lifetime: timedelta, grace: timedelta) -> None:
        self._redis = redis
        self._lifetime_ms = _milliseconds(lifetime)
        self._grace_ms = _milliseconds(grace)
        self._begin = redis.register_script(_BEGIN)
        self._rotate = redis.register_script(_ROTATE)
        self._end_all = redis.register_script(_END_ALL)

    async def begin(
        self,
        session_id: UUID,
        account_id: UUID,
        *,
        salt: bytes,
        digest: str,
        device: str,
        now: datetime,
    ) -> None:
        """Keep a new session, whose first token has this digest."""
        with answering():
            await self._begin(
                keys=[_session(session_id), _index(account_id)],
                args=[
                    str(session_id),
                    str(account_id),
                    salt.hex(),
                    digest,
                    device,
                    _epoch_ms(now),
                    self._lifetime_ms,
                    MOST_SESSIONS,
                    _SESSION,
                ],
            )

    async def find(self, session_id: UUID) -> Kept | None:
        """Return whose a session is; None when it is over."""
        with answering():
            account, salt = await self._redis.hmget(_session(session_id), "account", "salt")
        if account is None or salt is None:
            return None
        return Kept(UUID(_text(account)), bytes.fromhex(_text(salt)))

    async def rotate(
        self, session_id: UUID, account_id: UUID, *, spent: str, successor: str, now: datetime
    ) -> Rotation:
        """Spend a token for its successor; both by digest.

        The token spent last is rotated again within the grace, with the time of the first. Any
        other token of the session ends it.
        """
        with answering():
            outcome, time = await self._rotate(
                keys=[_session(session_id), _index(account_id)],
                args=[
                    str(session_id),
                    spent,
                    successor,
                    _epoch_ms(now),
                    self._grace_ms,
                    self._lifetime_ms,
                ],
            )
        return Rotation(Outcome(_text(outcome)), datetime.fromtimestamp(int(time) / 1000, UTC))

    async def end(self, session_id: UUID, account_id: UUID) -> None:
        """End one session."""
        with answering():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.delete(_session(session_id))
                pipe.zrem(_index(account_id), str(session_id))
                await pipe.execute()

    async def end_all(self, account_id: UUID) -> None:
        """End every session of an account."""
        with answering():
            await self._end_all(keys=[_index(account_id)], args=[_SESSION])


def _session(session_id: UUID) -> str:
    return f"{_SESSION}{session_id}"


def _index(account_id: UUID) -> str:
    return f"{_INDEX}{account_id}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
