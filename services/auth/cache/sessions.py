"""Sessions in Redis: one hash each, and for every account a sorted set of its sessions.

The hash holds the account, the salt of the token chain, and the digests of the current refresh
token and of the one before it. An ended session is revoked in the same step: the access tokens it
has given out are refused everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from chassis.revocation import REVOKED_CHANNEL, REVOKED_KEY
from services.auth.cache import scripts
from services.auth.cache.connection import redis_errors_as_unavailable
from services.auth.domain.client import ClientInfo
from services.auth.domain.session import Session

MAX_SESSIONS = 50
"""Sessions of one account; a further sign-in ends the least recently used one."""

_SESSION = "auth:session:"
_INDEX = "auth:sessions:"
_LEEWAY = timedelta(minutes=1)
"""A revocation outlives the last access token of its session by this much."""


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
        absolute_lifetime: How long a session lives, however often it is used.
        grace: How long the token rotated last gets the same successor again.
        token_lifetime: How long an access token is good for; revocations last as long.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        lifetime: timedelta,
        absolute_lifetime: timedelta,
        grace: timedelta,
        token_lifetime: timedelta,
    ) -> None:
        self._redis = redis
        self._lifetime_ms = _milliseconds(lifetime)
        self._absolute_lifetime = absolute_lifetime
        self._grace_ms = _milliseconds(grace)
        self._token_ms = _milliseconds(token_lifetime + _LEEWAY)
        self._create = self._script(scripts.CREATE)
        self._rotate = self._script(scripts.ROTATE)
        self._end = self._script(scripts.END)
        self._end_all = self._script(scripts.END_ALL)
        self._revoke = self._script(scripts.REVOKE)

    async def create(
        self,
        session_id: UUID,
        account_id: UUID,
        *,
        salt: bytes,
        digest: str,
        client: ClientInfo,
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
                    client.device,
                    client.place,
                    _epoch_ms(now),
                    self._lifetime_ms,
                    MAX_SESSIONS,
                    _SESSION,
                    self._token_ms,
                ],
            )

    async def find(self, session_id: UUID) -> StoredSession | None:
        """Return a session; None when it has ended or expired."""
        with redis_errors_as_unavailable():
            account, salt = await self._redis.hmget(_session(session_id), "account", "salt")
        if account is None or salt is None:
            return None
        return StoredSession(UUID(_text(account)), bytes.fromhex(_text(salt)))

    async def list(self, account_id: UUID) -> Sequence[Session]:
        """Return the sessions of an account, most recently used first."""
        names = ("account", "device", "place", "create_ms", "use_ms")
        with redis_errors_as_unavailable():
            ids: Any = await self._redis.zrevrange(_index(account_id), 0, -1)
            async with self._redis.pipeline(transaction=False) as pipe:
                for session_id in ids:
                    pipe.hmget(f"{_SESSION}{_text(session_id)}", *names)
                rows = await pipe.execute() if ids else []
        return [
            Session(
                id=UUID(_text(session_id)),
                device=_text(device or b""),
                place=_text(place or b""),
                create_time=_moment(created),
                last_use_time=_moment(used),
                expire_time=_moment(created) + self._absolute_lifetime,
            )
            for session_id, (account, device, place, created, used) in zip(ids, rows, strict=True)
            if account is not None
        ]

    async def rotate(
        self,
        session_id: UUID,
        account_id: UUID,
        *,
        spent: str,
        successor: str,
        place: str,
        now: datetime,
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
                    place,
                    _epoch_ms(now),
                    self._grace_ms,
                    self._lifetime_ms,
                    _milliseconds(self._absolute_lifetime),
                    self._token_ms,
                ],
            )
        return Rotation(RotationOutcome(_text(outcome)), _moment(time))

    async def end(self, session_id: UUID, account_id: UUID) -> None:
        """End one session and revoke its access tokens."""
        with redis_errors_as_unavailable():
            await self._end(
                keys=[_session(session_id), _index(account_id)],
                args=[str(session_id), self._token_ms],
            )

    async def end_all(self, account_id: UUID, *, but: UUID | None = None) -> None:
        """End every session of an account, but one, and revoke their access tokens."""
        with redis_errors_as_unavailable():
            await self._end_all(
                keys=[_index(account_id)], args=[_SESSION, self._token_ms, str(but or "")]
            )

    async def revoke(self, *ids: UUID) -> None:
        """Refuse the access tokens of personal tokens or accounts everywhere."""
        with redis_errors_as_unavailable():
            await self._revoke(keys=[], args=[self._token_ms, *map(str, ids)])

    def _script(self, script: str) -> AsyncScript:
        return self._redis.register_script(
            scripts.with_revoke(script, key=REVOKED_KEY, channel=REVOKED_CHANNEL)
        )


def _session(session_id: UUID) -> str:
    return f"{_SESSION}{session_id}"


def _index(account_id: UUID) -> str:
    return f"{_INDEX}{account_id}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _moment(epoch_ms: bytes | int) -> datetime:
    return datetime.fromtimestamp(int(epoch_ms) / 1000, UTC)


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
