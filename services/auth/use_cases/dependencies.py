"""The dependency container of the use cases; created once, in `__main__`."""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chassis.caller import Caller
from services.auth.cache import LoginLimiter, Sessions
from services.auth.domain import password as rules
from services.auth.domain.account import Account
from services.auth.domain.errors import TooBusy
from services.auth.domain.keys import SigningKey
from services.auth.domain.sign_in import AccessToken

_SECONDS_A_HASH = 0.25
_NIL_ID = UUID(int=0)


class PasswordHasher:
    """Hashes passwords in one thread of its own, so that many sign-ins do not take every core.

    Args:
        cost: bcrypt's; see `domain.password`.
        queue_size: Passwords that may wait; further ones are refused as `TooBusy`.
    """

    def __init__(self, *, cost: int, queue_size: int) -> None:
        self._cost = cost
        self._queue_size = queue_size
        self._pending = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bcrypt")

    async def hash(self, password: bytes) -> str:
        """Return a new password's hash.

        Raises:
            TooBusy: The queue is full.
        """
        return await self._run(lambda: rules.hash_password(password, cost=self._cost))

    async def matches(self, password: bytes, stored: str | None) -> bool:
        """Say whether a password matches a stored hash; None takes as long and never matches.

        Raises:
            TooBusy: The queue is full.
        """
        return await self._run(lambda: rules.password_matches(password, stored, cost=self._cost))

    async def close(self) -> None:
        """Stop the thread; hashes still queued are dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run[T](self, compute: Callable[[], T]) -> T:
        if self._pending > self._queue_size:
            raise TooBusy(timedelta(seconds=math.ceil(self._queue_size * _SECONDS_A_HASH)))
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, compute)
        finally:
            self._pending -= 1


class TokenIssuer:
    """Signs access tokens, which carry what services need to know of a person."""

    def __init__(self, key: SigningKey, *, lifetime: timedelta, delegated: timedelta) -> None:
        self._key = key
        self._lifetime = lifetime
        self._delegated = delegated

    def for_session(self, account: Account, session_id: UUID, *, now: datetime) -> AccessToken:
        """Return the access token of a session."""
        caller = _caller(account, session_id, expire_time=now + self._lifetime)
        return AccessToken(self._key.sign(caller.to_claims(issue_time=now)), self._lifetime)

    def for_actor(self, account: Account, actor: str, *, now: datetime) -> AccessToken:
        """Return a token with which a service acts for a person (RFC 8693 `act`)."""
        return self._for(
            _caller(account, _NIL_ID, expire_time=now + self._delegated), actor, now=now
        )

    def for_service(self, actor: str, scope: str, *, now: datetime) -> AccessToken:
        """Return a service's own token, for one scope and no account."""
        caller = Caller(
            id=_NIL_ID,
            session_id=_NIL_ID,
            scopes=frozenset({scope}),
            expire_time=now + self._delegated,
        )
        return self._for(caller, actor, now=now)

    def _for(self, caller: Caller, actor: str, *, now: datetime) -> AccessToken:
        claims = caller.to_claims(issue_time=now) | {"act": {"sub": actor}}
        return AccessToken(self._key.sign(claims), self._delegated)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthDependencies:
    """What use cases need beside a database transaction."""

    sessions: Sessions
    login_limiter: LoginLimiter
    password_hasher: PasswordHasher
    issuer: TokenIssuer
    delegation_secret: str | None = field(default=None, repr=False)
    """The secret of services that may exchange tokens; none may when unset."""


def _caller(account: Account, session_id: UUID, *, expire_time: datetime) -> Caller:
    return Caller(
        id=account.id,
        session_id=session_id,
        timezone=account.timezone,
        day_start=account.day_start,
        week_start=account.week_start.value,
        locale=account.locale,
        floor_date=account.floor_date,
        expire_time=expire_time,
    )
