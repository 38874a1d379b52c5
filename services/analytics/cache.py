"""Redis: answers that were counted before, kept by the revision of what they were counted from.

An answer is used only while the person's revision, and their day, are those it was counted at; the
revision is read from the database, in each request. So none is stale once an event was handled, and
without Redis everything is counted anew.
"""

import contextlib
import logging
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from google.protobuf.message import DecodeError, Message
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from contracts.analytics.v1 import analytics_service_pb2, insights_pb2, summary_pb2
from services.analytics.domain.as_of import AsOf
from services.analytics.domain.person import Person

LIFETIME = timedelta(minutes=10)
"""After so long without a new one, a person's answers are deleted."""
MOST_ANSWERS = 32
"""Of one person; then all are deleted."""
MOST_BYTES = 200_000
"""Longer answers are not kept."""
AWAY = timedelta(seconds=5)
"""How long Redis is not asked after it has not answered."""

_TIMEOUT_SECONDS = 0.1
_PREFIX = "analytics:answers:"
_CONTRACTS = zlib.crc32(
    b"".join(
        it.DESCRIPTOR.serialized_pb for it in (analytics_service_pb2, insights_pb2, summary_pb2)
    )
)
"""Of another version of the service, answers are not read."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """Which answer it is, and what it was counted from."""

    owner_id: UUID
    question: Message
    """The request, with its defaults."""
    as_of: AsOf
    today: date
    """The person's."""

    @classmethod
    def of(cls, person: Person, as_of: AsOf, question: Message, *, now: datetime) -> "AnswerKey":
        """Return the key of what a person asks now."""
        today = person.today(now)
        return cls(owner_id=person.id, question=question, as_of=as_of, today=today)

    @property
    def field(self) -> bytes:
        """Name the answer among those of the person."""
        name = f"{_CONTRACTS:08x}:{self.question.DESCRIPTOR.name}:".encode()
        return name + self.question.SerializeToString(deterministic=True)

    @property
    def stamp(self) -> bytes:
        """Name the state of the person's data."""
        return f"{self.as_of.revision}@{self.as_of.handle_time} on {self.today}\n".encode()


class AnswerCache:
    """The answers in Redis, in one key for each person. Without a URL nothing is kept."""

    def __init__(self, url: str | None) -> None:
        # redis-py tries again ten times by default, which is longer than counting anew.
        self._redis: Redis | None = None
        if url is not None:
            self._redis = Redis.from_url(
                url,
                retry=Retry(NoBackoff(), 0),
                socket_timeout=_TIMEOUT_SECONDS,
                socket_connect_timeout=_TIMEOUT_SECONDS,
            )
        self._away_until = 0.0

    async def get_or_count[M: Message](
        self, key: AnswerKey | None, kind: type[M], count: Callable[[], Awaitable[M]]
    ) -> M:
        """Return the answer that is kept for the key, or count it and keep it.

        Without a key nothing is kept.
        """
        if key is None:
            return await count()
        kept = await self._find(key)
        if kept is not None:
            with contextlib.suppress(DecodeError):
                return kind.FromString(kept)
        answer = await count()
        await self._keep(key, answer.SerializeToString())
        return answer

    async def delete(self, owner_id: UUID) -> None:
        """Delete a person's answers; where Redis is away, they expire."""
        await self._ask("DEL", _key(owner_id))

    async def close(self) -> None:
        """Close the connections."""
        if self._redis is not None:
            await self._redis.aclose()

    async def _find(self, key: AnswerKey) -> bytes | None:
        found = await self._ask("HGET", _key(key.owner_id), key.field)
        if not isinstance(found, bytes) or not found.startswith(key.stamp):
            return None
        return found[len(key.stamp) :]

    async def _keep(self, key: AnswerKey, answer: bytes) -> None:
        if len(answer) > MOST_BYTES:
            return
        name = _key(key.owner_id)
        count = await self._ask("HLEN", name)
        if isinstance(count, int) and count >= MOST_ANSWERS:
            await self._ask("DEL", name)
        await self._ask("HSET", name, key.field, key.stamp + answer)
        await self._ask("EXPIRE", name, int(LIFETIME.total_seconds()))

    async def _ask(self, *command: str | bytes | int) -> object:
        """Ask Redis; None where it does not answer, and for a while after."""
        if self._redis is None or time.monotonic() < self._away_until:
            return None
        try:
            return await self._redis.execute_command(*command)  # type: ignore[no-untyped-call]
        except (RedisError, OSError, TimeoutError) as error:
            self._away_until = time.monotonic() + AWAY.total_seconds()
            _log.warning("Redis does not answer: counting anew", extra={"error": f"{error}"})
            return None


_cache: ContextVar[AnswerCache] = ContextVar("answer_cache")


def current_cache() -> AnswerCache:
    """Return the cache that event handlers delete from; one that keeps nothing by default."""
    return _cache.get(_NO_CACHE)


@contextlib.contextmanager
def use_cache(cache: AnswerCache) -> Iterator[None]:
    """Use this cache inside the block."""
    token = _cache.set(cache)
    try:
        yield
    finally:
        _cache.reset(token)


def _key(owner_id: UUID) -> str:
    return f"{_PREFIX}{owner_id}"


_NO_CACHE = AnswerCache(None)
