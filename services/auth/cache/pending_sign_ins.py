"""Sign-ins at an OpenID provider that have begun: by the digest of their state, for ten minutes."""

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from redis.asyncio import Redis

from services.auth.cache.connection import redis_errors_as_unavailable
from services.auth.domain.identity import SIGN_IN_LIFETIME, PendingSignIn


class PendingSignIns:
    """Stores sign-ins that have begun. Each is taken once."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, state: str, pending: PendingSignIn) -> None:
        """Store a sign-in under its state."""
        with redis_errors_as_unavailable():
            await self._redis.set(_key(state), json.dumps(asdict(pending)), px=SIGN_IN_LIFETIME)

    async def take(self, state: str) -> PendingSignIn | None:
        """Return the sign-in of a state and delete it; None when there is none."""
        with redis_errors_as_unavailable():
            stored: Any = await self._redis.getdel(_key(state))
        return PendingSignIn(**json.loads(stored)) if stored else None


def _key(state: str) -> str:
    return f"auth:oidc:{sha256(state.encode()).hexdigest()}"
