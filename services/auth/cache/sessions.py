"""Sessions in Redis: one hash each, and for every account a sorted set of its sessions.

`auth:session:ID` holds the account, the salt of the token chain, the digests of the token that is
good now and of the one before it. Scripts make each step atomic.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from redis.asyncio import Redis

from services.auth.cache.connection import redis_errors_as_unavailable

MAX_SESSIONS = 50
"""Sessions of one account; a further sign-in ends the least recently used one."""

_CREATE = """
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
if not known[1] then return {'ended', 0} end
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


class RotationOutcome(StrEnum):
    """The result of rotating a refresh token."""

    ROTATED = "rotated"
    REUSED = "reused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Rotation:
    """The outcome of a rotation, and when the token was first rotated."""

    outcome: RotationOutcome
    time: datetime


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as Redis holds it, read before its token is verified."""

    account_id: UUID
    salt: bytes


class Sessions:
    """The session store.

    Args:
        redis: A client that does not repeat commands.
        lifetime: How long an unused session lives.
        grace: How long the token rotated last gets the same successor again.
    """

    def __init__(self, redis: Redis, *, lifetime: timedelta, grace: timedelta) -> None:
        self._redis = redis
        self._lifetime_ms = _milliseconds(lifetime)
        self._grace_ms = _milliseconds(grace)
        self._create = redis.register_script(_CREATE)
        self._rotate = redis.register_script(_ROTATE)
        self._end_all = redis.register_script(_END_ALL)

    async def create(
        self,
        session_id: UUID,
        account_id: UUID,
        *,
        salt: bytes,
        digest: str,
        device: str,
        now: datetime,
    ) -> None:
        """Store a new session, whose first refresh token has this digest."""
        with redis_errors_as_unavailable():
            await self._create(
                keys=[_session(session_id), _index(account_id)],
                args=[
                    str(session_id),
                    str(account_id),
                    salt.hex(),
                    digest,
                    device,
                    _epoch_ms(now),
                    self._lifetime_ms,
                    MAX_SESSIONS,
                    _SESSION,
                ],
            )

    async def find(self, session_id: UUID) -> StoredSession | None:
        """Return a session; None when it has ended or expired."""
        with redis_errors_as_unavailable():
            account, salt = await self._redis.hmget(_session(session_id), "account", "salt")
        if account is None or salt is None:
            return None
        return StoredSession(UUID(_text(account)), bytes.fromhex(_text(salt)))

    async def rotate(
        self, session_id: UUID, account_id: UUID, *, spent: str, successor: str, now: datetime
    ) -> Rotation:
        """Replace a refresh token by its successor; both by digest.

        The token rotated last gets the same answer again within the grace. Any older token of
        the session was probably stolen and ends the session.
        """
        with redis_errors_as_unavailable():
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
        return Rotation(
            RotationOutcome(_text(outcome)), datetime.fromtimestamp(int(time) / 1000, UTC)
        )

    async def end(self, session_id: UUID, account_id: UUID) -> None:
        """End one session."""
        with redis_errors_as_unavailable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.delete(_session(session_id))
                pipe.zrem(_index(account_id), str(session_id))
                await pipe.execute()

    async def end_all(self, account_id: UUID) -> None:
        """End every session of an account."""
        with redis_errors_as_unavailable():
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
