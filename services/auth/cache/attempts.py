"""Counts of failed attempts: for an account from one place, for an account, for a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from redis.asyncio import Redis

from services.auth.cache.connection import answering
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
_TAKE_BACK = """
for _, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many attempts may fail within the window, before further ones are refused."""

    window: timedelta
    account_and_address: int
    account: int
    address: int


class Attempts:
    """Counts attempts that may fail. Keys hold digests: no address can be read from Redis."""

    def __init__(self, redis: Redis, limits: Limits) -> None:
        self._limits = limits
        self._count = redis.register_script(_COUNT)
        self._take_back = redis.register_script(_TAKE_BACK)

    async def count(self, *, account: str, address: str) -> None:
        """Count an attempt as failed; `take_back` when it was not.

        Args:
            account: Whom it is about: an email address or an id; empty for nobody yet.
            address: Where it comes from; empty when unknown.

        Raises:
            TooManyAttempts: One of the limits is reached. The attempt is not counted.
        """
        counters = self._counters(account, address)
        if not counters:
            return
        window_ms = int(self._limits.window.total_seconds() * 1000)
        with answering():
            wait_ms = await self._count(
                keys=[key for key, _ in counters],
                args=[window_ms, *(limit for _, limit in counters)],
            )
        if wait_ms:
            raise TooManyAttempts(timedelta(milliseconds=int(wait_ms)))

    async def take_back(self, *, account: str, address: str) -> None:
        """Count an attempt no longer: it did not fail."""
        counters = self._counters(account, address)
        if counters:
            with answering():
                await self._take_back(keys=[key for key, _ in counters])

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
