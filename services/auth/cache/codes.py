"""Sign-in codes: who is signed in at one place signs in with them at another."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from redis.asyncio import Redis

from services.auth.cache.connection import redis_errors_as_unavailable


class SignInCodes:
    """Stores sign-in codes by digest. A code works once, and of each account only the last one."""

    def __init__(self, redis: Redis, *, lifetime: timedelta) -> None:
        self._redis = redis
        self.lifetime = lifetime

    async def add(self, code: str, account_id: UUID) -> None:
        """Store a code in place of the account's previous one."""
        with redis_errors_as_unavailable():
            await self.delete_all(account_id)
            await self._redis.set(_account_key(account_id), _code_key(code), px=self.lifetime)
            await self._redis.set(_code_key(code), str(account_id), px=self.lifetime)

    async def take(self, code: str) -> UUID | None:
        """Return whose a code is and delete it; None when it is unknown, used or expired."""
        with redis_errors_as_unavailable():
            account_id: Any = await self._redis.getdel(_code_key(code))
        return UUID(account_id.decode()) if account_id else None

    async def delete_all(self, account_id: UUID) -> None:
        """Delete the code of an account, if it has one."""
        with redis_errors_as_unavailable():
            code_key = await self._redis.getdel(_account_key(account_id))
            if code_key:
                await self._redis.delete(code_key)


def _code_key(code: str) -> str:
    return f"auth:code:{sha256(code.encode()).hexdigest()}"


def _account_key(account_id: UUID) -> str:
    return f"auth:code_of:{account_id}"
