"""Redis: link codes and the rate limiter, shared by all processes of the service."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from chassis.errors import Unavailable
from services.notifications.domain.links import LIFETIME, MOST_LINKS, hashed
from services.notifications.domain.rate_limit import (
    FLOOD_CHATS,
    LONGEST_TURN,
    OVERALL,
    PER_CHAT,
    Rate,
)

CONVERSATION_LIFETIME = timedelta(days=2)
"""After so long a conversation in the chat is forgotten."""
UPDATE_LIFETIME = timedelta(days=1)
"""Telegram keeps an update that was not confirmed for so long."""

_TIMEOUT_SECONDS = 0.5
_PREFIX = "notifications:"

# A pace is one number: the moment at which the next message may go on the steady pace. It is kept
# in milliseconds of Redis's own clock, so that senders on several machines agree.
_ACQUIRE_SLOT = """
    local now = redis.call('TIME')
    local ms = now[1] * 1000 + math.floor(now[2] / 1000)
    local overall = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), ms)
    local chat = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), ms)
    local wait = math.max(overall - ARGV[2], chat - ARGV[4], ms) - ms
    if chat - ARGV[4] > ms or wait > tonumber(ARGV[5]) then return {0, wait} end
    redis.call('SET', KEYS[1], overall + ARGV[1], 'PX', overall + ARGV[1] - ms + 1000)
    redis.call('SET', KEYS[2], ms + wait + ARGV[3], 'PX', wait + ARGV[3] + 1000)
    return {1, wait}"""

_PAUSE = """
    local now = redis.call('TIME')
    local ms = now[1] * 1000 + math.floor(now[2] / 1000)
    redis.call('SET', KEYS[2], ms + ARGV[1], 'PX', ARGV[1] + 1000)
    redis.call('SADD', KEYS[3], KEYS[2])
    redis.call('PEXPIRE', KEYS[3], ARGV[1])
    if redis.call('SCARD', KEYS[3]) >= tonumber(ARGV[2]) then
        redis.call('SET', KEYS[1], ms + ARGV[1] + ARGV[3], 'PX', ARGV[1] + ARGV[3] + 1000)
    end"""

_SAVE_CODE = """
    local old = redis.call('GET', KEYS[2])
    if old then redis.call('DEL', ARGV[4] .. old) end
    redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
    redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[3])"""

_COUNT = """
    local count = redis.call('INCR', KEYS[1])
    if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
    return {count, redis.call('TTL', KEYS[1])}"""


class Cache:
    """This service's corner of Redis. Every method raises `Unavailable` when Redis is away."""

    def __init__(self, url: str, *, overall: Rate = OVERALL) -> None:
        self._overall = overall
        # redis-py tries again ten times by default; a script that ran must not run twice.
        self._redis: Redis = Redis.from_url(
            url,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
        )

    @property
    def redis(self) -> Redis:
        """The client, for the bot's conversations."""
        return self._redis

    async def is_handled(self, update_id: int) -> bool:
        """Say whether an update of the chat was handled, by this process or one before it."""
        return bool(await self._ask("EXISTS", _key(f"handled:{update_id}")))

    async def mark_handled(self, update_id: int) -> None:
        """Store that an update was handled, until Telegram no longer delivers it again."""
        seconds = int(UPDATE_LIFETIME.total_seconds())
        await self._ask("SET", _key(f"handled:{update_id}"), "1", "EX", seconds)

    async def acquire_slot(self, target: int | UUID) -> tuple[bool, timedelta]:
        """Ask to send one message to a chat, or to a browser.

        Returns:
            Whether the turn is taken, and how long to wait: before sending when it is, before
            asking again when it is not.
        """
        keys = _pace_keys(target)[:2]
        taken, wait = await self._run(
            _ACQUIRE_SLOT,
            keys,
            _ms(self._overall.interval),
            _ms(self._overall.tolerance),
            _ms(PER_CHAT.interval),
            _ms(PER_CHAT.tolerance),
            _ms(LONGEST_TURN),
        )
        return bool(taken), timedelta(milliseconds=int(wait))

    async def pause(self, target: int | UUID, span: timedelta) -> None:
        """Hold a chat or browser back for a while; all, when several are held back at once."""
        keys = _pace_keys(target)
        ahead = _ms(self._overall.tolerance)  # a pause lets nobody go ahead of it
        await self._run(_PAUSE, keys, max(_ms(span), 1), FLOOD_CHATS, ahead)

    async def save_link_code(self, owner_id: UUID, code: str) -> None:
        """Keep a link's code, hashed, for its lifetime; the person's code before it is void."""
        digest = hashed(code)
        keys = (_key(f"link:{digest}"), _key(f"link-of:{owner_id}"))
        seconds = int(LIFETIME.total_seconds())
        await self._run(_SAVE_CODE, keys, digest, str(owner_id), seconds, _key("link:"))

    async def find_link_code(self, code: str) -> UUID | None:
        """Return whose a link's code is, unspent; None when it is spent, void or too old."""
        owner = await self._ask("GET", _key(f"link:{hashed(code)}"))
        return UUID(owner) if owner else None

    async def consume_link_code(self, code: str) -> UUID | None:
        """Spend a link's code and return whose it is; None when it is spent, void or too old."""
        owner = await self._ask("GETDEL", _key(f"link:{hashed(code)}"))
        return UUID(owner) if owner else None

    async def count_link(self, owner_id: UUID) -> timedelta | None:
        """Count a link a person asks for; return how long to wait when it is one too many."""
        keys = (_key(f"links-asked:{owner_id}"),)
        count, seconds_left = await self._run(_COUNT, keys, int(LIFETIME.total_seconds()))
        return timedelta(seconds=max(seconds_left, 1)) if count > MOST_LINKS else None

    async def count_launch(self, digest: str, lifetime: timedelta) -> int:
        """Count a use of a Mini App's launch data; return how many there were."""
        keys = (_key(f"launch:{digest}"),)
        count, _ = await self._run(_COUNT, keys, int(lifetime.total_seconds()) + 60)
        return int(count)

    async def find_bot_username(self, token: str) -> str | None:
        """Return what the bot with this token is called, if that was asked before."""
        name: str | None = await self._ask("GET", _key(f"bot:{hashed(token)}"))
        return name

    async def save_bot_username(self, token: str, username: str) -> None:
        """Remember what the bot with this token is called, for a day."""
        seconds = int(timedelta(days=1).total_seconds())
        await self._ask("SET", _key(f"bot:{hashed(token)}"), username, "EX", seconds)

    async def healthy(self) -> bool:
        """Say whether Redis answers at this moment."""
        try:
            return bool(await self._ask("PING"))
        except Unavailable:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _ask(self, *command: str | int) -> Any:
        try:
            return await self._redis.execute_command(*command)  # type: ignore[no-untyped-call]
        except (RedisError, OSError, TimeoutError) as error:
            raise Unavailable("Redis does not answer.") from error

    async def _run(self, script: str, keys: tuple[str, ...], *arguments: str | int) -> Any:
        return await self._ask("EVAL", script, len(keys), *keys, *arguments)


def _pace_keys(target: int | UUID) -> tuple[str, str, str]:
    """Return the keys of the pace of all targets, of this one, and of those held back.

    Chats are known by a number and browsers by a UUID: the pace of one does not hold up the other.
    """
    of = "push-" if isinstance(target, UUID) else ""
    return _key(f"{of}pace"), _key(f"{of}pace:{target}"), _key(f"{of}flood")


def _key(name: str) -> str:
    return _PREFIX + name


def _ms(span: timedelta) -> int:
    return int(span / timedelta(milliseconds=1))
