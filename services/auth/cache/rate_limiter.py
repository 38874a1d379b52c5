"""The rate limiter: counters with fixed windows, in Redis; stricter local ones without it."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from redis.asyncio import Redis

from chassis.errors import Unavailable
from services.auth.cache.connection import redis_errors_as_unavailable
from services.auth.domain.errors import TooManyAttempts
from services.auth.domain.rate_limit import RateCounter, RateStatus

# A request is counted before it is served, so that many at once cannot pass together.
_COUNT = """
local wait, at = 0, 0
for i, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
        local left = redis.call('PTTL', key)
        if left > wait then wait, at = left, i end
    end
end
if wait > 0 then return {at, wait} end
local answer = {0, 0}
for i, key in ipairs(KEYS) do
    local count = redis.call('INCR', key)
    if count == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
    answer[#answer + 1] = count
    answer[#answer + 1] = redis.call('PTTL', key)
end
return answer
"""
_UNCOUNT = """
for _, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""
_LOCAL_SHARE = 4
"""While Redis is away, each process allows this fraction of a quota by itself."""
_MAX_LOCAL_COUNTERS = 50_000
_KNOWN_ADDRESS_DAYS = timedelta(days=90)
_log = logging.getLogger(__name__)


class RateLimiter:
    """Counts requests. Keys hold digests, so no address can be read from Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._count = redis.register_script(_COUNT)
        self._uncount = redis.register_script(_UNCOUNT)
        self._local = _LocalCounters()

    async def count(self, counters: Sequence[RateCounter]) -> RateStatus | None:
        """Count a request, and return the status of the counter with the least left.

        Raises:
            TooManyAttempts: One of the limits is reached. The request is not counted.
        """
        if not counters:
            return None
        try:
            with redis_errors_as_unavailable():
                answer = await self._count(
                    keys=[_key(counter) for counter in counters],
                    args=[
                        argument
                        for counter in counters
                        for argument in (counter.policy.quota, _window_ms(counter))
                    ],
                )
        except Unavailable:
            _log.warning("Redis does not answer; counting requests in this process")
            return self._local.count(counters)
        at, wait_ms, *counts = (int(value) for value in answer)
        if at:
            raise TooManyAttempts(_status(counters[at - 1], counters[at - 1].policy.quota, wait_ms))
        statuses = [
            _status(counter, counts[2 * index], counts[2 * index + 1])
            for index, counter in enumerate(counters)
        ]
        return min(statuses, key=lambda status: status.remaining)

    async def uncount(self, counters: Sequence[RateCounter]) -> None:
        """Undo the count of a request that shall not be counted."""
        if not counters:
            return
        self._local.uncount(counters)
        try:
            with redis_errors_as_unavailable():
                await self._uncount(keys=[_key(counter) for counter in counters])
        except Unavailable:
            _log.info("a count was not undone: Redis does not answer")

    async def is_known_address(self, account: str, address: str) -> bool:
        """Say whether an account was signed in from an address within the last 90 days."""
        try:
            with redis_errors_as_unavailable():
                return bool(await self._redis.exists(_known_key(account, address)))
        except Unavailable:
            return False

    async def remember_address(self, account: str, address: str) -> None:
        """Remember that an account was signed in from an address."""
        with redis_errors_as_unavailable():
            await self._redis.set(_known_key(account, address), "", ex=_KNOWN_ADDRESS_DAYS)


class _LocalCounters:
    """Counters in this process, for a while without Redis."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, float]] = {}

    def count(self, counters: Sequence[RateCounter]) -> RateStatus:
        now = time.monotonic()
        statuses = []
        for counter in counters:
            used, end = self._counts.get(_key(counter), (0, 0.0))
            if end <= now:
                used, end = 0, now + counter.policy.window.total_seconds()
            quota = max(1, counter.policy.quota // _LOCAL_SHARE)
            left_ms = int((end - now) * 1000)
            if used >= quota:
                raise TooManyAttempts(_status(counter, counter.policy.quota, left_ms))
            statuses.append((counter, used + 1, end, quota - used - 1, left_ms))
        if len(self._counts) > _MAX_LOCAL_COUNTERS:
            self._counts = {key: value for key, value in self._counts.items() if value[1] > now}
        for counter, used, end, _, _ in statuses:
            self._counts[_key(counter)] = used, end
        counter, _, _, remaining, left_ms = min(statuses, key=lambda status: status[3])
        return RateStatus(counter.policy, remaining, timedelta(milliseconds=left_ms))

    def uncount(self, counters: Sequence[RateCounter]) -> None:
        for counter in counters:
            used, end = self._counts.get(_key(counter), (0, 0.0))
            if used:
                self._counts[_key(counter)] = used - 1, end


def _status(counter: RateCounter, used: int, left_ms: int) -> RateStatus:
    remaining = max(0, counter.policy.quota - used)
    return RateStatus(counter.policy, remaining, timedelta(milliseconds=max(0, left_ms)))


def _window_ms(counter: RateCounter) -> int:
    return int(counter.policy.window.total_seconds() * 1000)


def _key(counter: RateCounter) -> str:
    return f"auth:rate:{counter.policy.name}:{_digest(counter.key)}"


def _known_key(account: str, address: str) -> str:
    return f"auth:known:{_digest(f'{account} {address}')}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
