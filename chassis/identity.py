"""Verifies access tokens with auth's public keys: a valid token gives a `Caller`."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import jwt
from cryptography.exceptions import InvalidSignature

from chassis.access_token import (
    ALGORITHM,
    LEEWAY_SECONDS,
    PublicKey,
    TokenExpiredError,
    TokenMalformedError,
    caller_of,
    split_token,
)
from chassis.caller import Caller
from chassis.context import current_context
from chassis.errors import PermissionDenied, Unauthenticated, Unavailable
from chassis.revocation import RevocationList

__all__ = ["ALGORITHM", "TokenVerifier", "current_caller"]

_CACHE_SIZE = 20_000
_REREAD_SECONDS = 10.0
"""Keys are read again for an unknown key id at most this often."""
_REFRESH_SECONDS = 5.0
"""A changed file of keys is noticed after this time, before a token needs it."""


class AccessTokenMissing(Unauthenticated):
    """The call needs a caller and brought no token."""

    def __init__(self) -> None:
        super().__init__("The call needs an access token. Sign in and send it as a bearer token.")


class AccessTokenInvalid(Unauthenticated):
    """The token was not issued here, or was changed on its way."""

    def __init__(self) -> None:
        super().__init__("The access token is not valid. Sign in again.")


class AccessTokenExpired(Unauthenticated):
    """The token was valid once."""

    def __init__(self) -> None:
        super().__init__("The access token has expired. Refresh it.")


class AccessTokenRevoked(Unauthenticated):
    """The session of the token was ended: by signing out, a new password, or a deleted account."""

    def __init__(self) -> None:
        super().__init__("The session of this access token has ended. Sign in again.")


class AccessScopeMissing(PermissionDenied):
    """The token is restricted to scopes, and the call needs another one, or a whole session."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"The token does not have the scope {scope}. Create one that has it."
            if scope
            else "A personal access token may not do this. Sign in instead.",
            scope=scope,
        )


class TokenVerifier:
    """Turns access tokens into callers. A verified token is cached until it expires.

    Args:
        jwks_file: The public keys, as a JWKS. A new key in it is found without a restart.
        redis_url: Where auth writes which sessions have ended; they are not followed when None.
        monotonic: The seconds that the pauses between two reads of the keys are measured in.
    """

    def __init__(
        self,
        jwks_file: Path,
        *,
        redis_url: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._jwks_file = jwks_file
        self._redis_url = redis_url
        self.revoked = RevocationList()
        """The sessions, personal tokens and accounts whose access tokens are refused."""
        self._keys: dict[str, PublicKey] = {}
        self._next_read = 0.0
        self._refresh_at = 0.0
        self._file_time = 0.0
        self._cache: dict[str, tuple[Caller, float]] = {}

    @asynccontextmanager
    async def following_revocations(self) -> AsyncIterator[None]:
        """Follow inside the block which sessions have ended. `Server` does it by itself."""
        async with self.revoked.following(self._redis_url):
            yield

    def verify(self, token: str) -> Caller:
        """Return the caller that the token was issued for.

        Raises:
            AccessTokenMissing: The token is empty.
            AccessTokenInvalid: It was not signed by a key in the file, or is not an access token.
            AccessTokenExpired: Its time is over.
            AccessTokenRevoked: Its session has ended.
            Unavailable: The file of keys is not there yet.
        """
        cached = self._cache.get(token)
        if cached is None:
            caller = self._verified(token)
            if len(self._cache) >= _CACHE_SIZE:
                del self._cache[next(iter(self._cache))]  # the oldest one
            self._cache[token] = caller, caller.expire_time.timestamp() + LEEWAY_SECONDS
        else:
            caller, end = cached
            if time.time() >= end:
                del self._cache[token]
                raise AccessTokenExpired
        if caller.session_id in self.revoked or caller.id in self.revoked:
            raise AccessTokenRevoked
        return caller

    def authorize(self, token: str, scope: str) -> Caller:
        """Return the caller that the token was issued for, if it may call what asks for a scope.

        Raises:
            AccessScopeMissing: The token is restricted, and not to this scope.
            Unauthenticated: As `verify` says.
            Unavailable: As `verify` says.
        """
        caller = self.verify(token)
        if caller.scopes is not None and not caller.may(scope):
            raise AccessScopeMissing(scope)
        return caller

    def _verified(self, token: str) -> Caller:
        if not token:
            raise AccessTokenMissing
        try:
            parts = split_token(token)
            self._key(parts.key_id).verify(parts.signature, parts.signed)
            return caller_of(parts.claims())
        except TokenExpiredError:
            raise AccessTokenExpired from None
        except (TokenMalformedError, InvalidSignature):
            raise AccessTokenInvalid from None

    def _key(self, key_id: str) -> PublicKey:
        """Return the key with this id; an unknown id may be a new key, so read the file again."""
        now = self._monotonic()
        if now >= self._refresh_at:
            self._refresh_at = now + _REFRESH_SECONDS
            changed = _changed_at(self._jwks_file)
            if changed != self._file_time:
                self._load(changed)
        if key_id not in self._keys and now >= self._next_read:
            self._next_read = now + _REREAD_SECONDS
            self._load(_changed_at(self._jwks_file))
        if not self._keys:
            raise Unavailable("There are no public keys yet.")
        if key_id not in self._keys:
            raise AccessTokenInvalid
        return self._keys[key_id]

    def _load(self, file_time: float) -> None:
        """Read the keys; go on with those at hand when the file cannot be read."""
        try:
            self._keys = _read_keys(self._jwks_file)
            self._file_time = file_time
        except Unavailable:
            if not self._keys:
                raise


def _changed_at(jwks_file: Path) -> float:
    try:
        return jwks_file.stat().st_mtime
    except OSError:
        return 0.0


def _read_keys(jwks_file: Path) -> dict[str, PublicKey]:
    try:
        keys = jwt.PyJWKSet.from_json(jwks_file.read_text()).keys
    except (OSError, ValueError, AttributeError, jwt.PyJWTError) as error:
        raise Unavailable(f"The file of public keys cannot be read: {error}") from error
    return {key.key_id: key.key for key in keys if key.key_id and key.key_type == "OKP"}


def current_caller() -> Caller:
    """Return the caller of the request being handled.

    Raises:
        AccessTokenMissing: There is no caller: the rpc is public, or no request is being handled.
    """
    caller = current_context().caller
    if caller is None:
        raise AccessTokenMissing
    return caller
