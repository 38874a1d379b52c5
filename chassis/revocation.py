"""Sessions that have ended before their access tokens expired: what every process refuses.

auth writes a revocation in one step with the end of the session: into the sorted set `auth:revoked`
and onto the channel of the same name. Each process reads the set when it starts and every two
seconds, and listens on the channel between, so that access ends everywhere within that time. While
Redis is away a process goes on with the revocations it knows: access tokens live 15 minutes, and
nobody shall be locked out of their habits because a cache is down (docs/security.md).
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from redis.asyncio.client import PubSub

REVOKED_KEY = "auth:revoked"
REVOKED_CHANNEL = "auth:revoked"

_POLL_SECONDS = 2.0
_REDIS_SECONDS = 1.0
_CLEAN_SECONDS = 60.0
_log = logging.getLogger(__name__)


class RevocationList:
    """The ids of revoked sessions, personal tokens and accounts, until their tokens expire."""

    def __init__(self) -> None:
        self._expiries: dict[UUID, float] = {}
        self._clean_at = 0.0

    def __contains__(self, revoked_id: UUID) -> bool:
        """Say whether a session, personal token or account was revoked."""
        return revoked_id in self._expiries

    def add(self, revoked_id: UUID, expire_time: float) -> None:
        """Refuse the access tokens of an id until a moment of `time.time()`."""
        self._expiries[revoked_id] = max(expire_time, self._expiries.get(revoked_id, 0.0))
        if time.monotonic() >= self._clean_at:
            self._clean_at = time.monotonic() + _CLEAN_SECONDS
            now = time.time()
            self._expiries = {key: end for key, end in self._expiries.items() if end > now}

    @asynccontextmanager
    async def following(self, redis_url: str | None) -> AsyncIterator["RevocationList"]:
        """Follow the revocations in Redis inside the block; None follows nothing."""
        if redis_url is None:
            yield self
            return
        task = asyncio.create_task(self._follow(redis_url), name="revocations")
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _follow(self, redis_url: str) -> None:
        # Not every process that verifies tokens talks to Redis: only for those that do.
        from redis.asyncio import Redis
        from redis.exceptions import RedisError

        answers = True
        while True:
            client: Redis = Redis.from_url(
                redis_url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
            )
            try:
                async with client.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(REVOKED_CHANNEL)
                    while True:
                        now_ms = int(time.time() * 1000)
                        entries: Any = await client.zrange(
                            REVOKED_KEY, now_ms, "+inf", byscore=True, withscores=True
                        )
                        for member, expiry_ms in entries:
                            self._read(member, expiry_ms)
                        answers = True
                        await self._listen(channel)
            except (RedisError, OSError, TimeoutError) as error:
                if answers:
                    _log.warning("revocations cannot be read", extra={"cause": str(error)})
                answers = False
                await asyncio.sleep(_POLL_SECONDS / 2)
            finally:
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()

    async def _listen(self, channel: "PubSub") -> None:
        """Take messages in until the next poll is due."""
        end = time.monotonic() + _POLL_SECONDS
        while (left := end - time.monotonic()) > 0:
            message = await channel.get_message(timeout=min(left, _REDIS_SECONDS / 2))
            if message is not None:
                member, _, expiry = message["data"].partition(b" ")
                self._read(member, float(expiry))

    def _read(self, member: bytes, expiry_ms: float) -> None:
        try:
            self.add(UUID(member.decode()), expiry_ms / 1000)
        except ValueError:
            _log.warning("a revocation cannot be read")
