"""What the use cases of auth work with, beside a transaction: made once, in `__main__`."""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chassis.caller import Caller
from services.auth.cache import Attempts, Sessions
from services.auth.domain import password as rules
from services.auth.domain.account import Account
from services.auth.domain.errors import TooBusy
from services.auth.domain.keys import SigningKey
from services.auth.domain.sign_in import AccessToken

_SECONDS_A_HASH = 0.25
_NOBODY = UUID(int=0)


class Hashing:
    """Hashes in one thread of its own: a storm of sign-ins leaves the other core to everybody else.

    Args:
        cost: bcrypt's; see `domain.password`.
        queue_size: Passwords that may wait; a further one is refused.
    """

    def __init__(self, *, cost: int, queue_size: int) -> None:
        self._cost = cost
        self._queue_size = queue_size
        self._present = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bcrypt")

    async def hash(self, password: bytes) -> str:
        """Return a new password's hash.

        Raises:
            TooBusy: The queue is full.
        """
        return await self._run(lambda: rules.hash_password(password, cost=self._cost))

    async def matches(self, password: bytes, kept: str | None) -> bool:
        """Say whether the password is the kept one; None takes as long, and is never matched.

        Raises:
            TooBusy: The queue is full.
        """
        return await self._run(lambda: rules.password_matches(password, kept, cost=self._cost))

    async def close(self) -> None:
        """Let go of the thread; what waits in the queue is dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run[T](self, work: Callable[[], T]) -> T:
        if self._present > self._queue_size:
            raise TooBusy(timedelta(seconds=math.ceil(self._queue_size * _SECONDS_A_HASH)))
        self._present += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._present -= 1


class Issuer:
    """Signs access tokens. A token says what services need to count a person's days."""

    def __init__(self, key: SigningKey, *, lifetime: timedelta, delegated: timedelta) -> None:
        self._key = key
        self._lifetime = lifetime
        self._delegated = delegated

    def for_session(self, account: Account, session_id: UUID, *, now: datetime) -> AccessToken:
        """Return the token of somebody who is signed in."""
        caller = _caller(account, session_id, expire_time=now + self._lifetime)
        return AccessToken(self._key.sign(caller.to_claims(issue_time=now)), self._lifetime)

    def for_actor(self, account: Account, actor: str, *, now: datetime) -> AccessToken:
        """Return a token with which a service acts for a person (RFC 8693 `act`)."""
        return self._for(
            _caller(account, _NOBODY, expire_time=now + self._delegated), actor, now=now
        )

    def for_service(self, actor: str, scope: str, *, now: datetime) -> AccessToken:
        """Return a service's own token, good for one scope and nobody's things."""
        caller = Caller(
            id=_NOBODY,
            session_id=_NOBODY,
            scopes=frozenset({scope}),
            expire_time=now + self._delegated,
        )
        return self._for(caller, actor, now=now)

    def _for(self, caller: Caller, actor: str, *, now: datetime) -> AccessToken:
        claims = caller.to_claims(issue_time=now) | {"act": {"sub": actor}}
        return AccessToken(self._key.sign(claims), self._delegated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a use case may need that is not in its transaction."""

    sessions: Sessions
    attempts: Attempts
    hashing: Hashing
    issuer: Issuer
    delegation_secret: str | None = field(default=None, repr=False)
    """Proves that a service may act for people; nobody may when there is none."""


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
