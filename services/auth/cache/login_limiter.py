"""The rate limiter of failed sign-ins: per account and address, per account, per address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from redis.asyncio import Redis

from services.auth.cache.connection import redis_errors_as_unavailable
from services.auth.domain.errors import TooManyAttempts

# An attempt is counted before it is made, so that many at once cannot pass together.
_COUNT = """
local window = tonumber(ARGV[1])
local wait = 0
for i, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i + 1]) then
        wait = math.max(wait, redis.call('PTTL', key))
    end
end
if wait > 0 then return wait end
for _, key in ipairs(KEYS) do
    if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, window) end
end
return 0
"""
_UNCOUNT = """
for _, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLimits:
    """How many attempts may fail within the window, before further ones are refused."""

    window: timedelta
    account_and_address: int
    account: int
    address: int


class LoginLimiter:
    """Counts failed attempts in Redis. Keys hold digests, so no address can be read from them."""

    def __init__(self, redis: Redis, limits: LoginLimits) -> None:
        self._limits = limits
        self._count = redis.register_script(_COUNT)
        self._uncount = redis.register_script(_UNCOUNT)

    async def count(self, *, account: str, address: str) -> None:
        """Count an attempt as failed; `uncount` when it was not.

        Args:
            account: The email address or id tried; empty when there is none yet.
            address: The network address of the client; empty when unknown.

        Raises:
            TooManyAttempts: One of the limits is reached. The attempt is not counted.
        """
        counters = self._counters(account, address)
        if not counters:
            return
        window_ms = int(self._limits.window.total_seconds() * 1000)
        with redis_errors_as_unavailable():
            wait_ms = await self._count(
                keys=[key for key, _ in counters],
                args=[window_ms, *(limit for _, limit in counters)],
            )
        if wait_ms:
            raise TooManyAttempts(timedelta(milliseconds=int(wait_ms)))

    async def uncount(self, *, account: str, address: str) -> None:
        """Undo the count of an attempt that did not fail."""
        counters = self._counters(account, address)
        if counters:
            with redis_errors_as_unavailable():
                await self._uncount(keys=[key for key, _ in counters])

    def _counters(self, account: str, address: str) -> Sequence[tuple[str, int]]:
        limits = self._limits
        counters = []
        if account and address:
            counters.append((_key("both", account, address), limits.account_and_address))
        if account:
            counters.append((_key("account", account), limits.account))
        if address:
            counters.append((_key("address", address), limits.address))
        return counters


def _key(kind: str, *values: str) -> str:
    digest = sha256("\n".join(values).encode()).hexdigest()[:32]
    return f"auth:attempts:{kind}:{digest}"
