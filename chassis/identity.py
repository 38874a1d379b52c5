"""Verifies access tokens with auth's public keys: a valid token gives a `Caller`."""

import time
from pathlib import Path

import jwt

from chassis.caller import ISSUER, Caller, caller_from_claims
from chassis.context import current_context
from chassis.errors import Unauthenticated, Unavailable

ALGORITHM = "EdDSA"

_LEEWAY_SECONDS = 5
_CACHE_SIZE = 20_000
_REREAD_SECONDS = 1.0
_LONGEST_TOKEN = 4096


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


class TokenVerifier:
    """Turns access tokens into callers. A verified token is cached until it expires."""

    def __init__(self, jwks_file: Path) -> None:
        self._jwks_file = jwks_file
        self._keys: dict[str, jwt.PyJWK] = {}
        self._next_read = 0.0
        self._cache: dict[str, tuple[Caller, float]] = {}

    def verify(self, token: str) -> Caller:
        """Return the caller that the token was issued for.

        Raises:
            AccessTokenMissing: The token is empty.
            AccessTokenInvalid: It was not signed by a key in the file, or cannot be read.
            AccessTokenExpired: Its time is over.
            Unavailable: The file of keys is not there yet.
        """
        cached = self._cache.get(token)
        if cached is not None:
            caller, end = cached
            if time.time() < end:
                return caller
            del self._cache[token]
            raise AccessTokenExpired
        if not token:
            raise AccessTokenMissing
        if len(token) > _LONGEST_TOKEN:
            raise AccessTokenInvalid
        caller = self._decode(token)
        if len(self._cache) >= _CACHE_SIZE:
            del self._cache[next(iter(self._cache))]  # the oldest one
        self._cache[token] = caller, caller.expire_time.timestamp() + _LEEWAY_SECONDS
        return caller

    def _decode(self, token: str) -> Caller:
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "sid"]},
            )
            return caller_from_claims(claims)
        except jwt.ExpiredSignatureError:
            raise AccessTokenExpired from None
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise AccessTokenInvalid from None

    def _key(self, key_id: str) -> jwt.PyJWK:
        """Return the key with this id; an unknown id may be a new key, so read the file again."""
        if key_id not in self._keys and time.monotonic() >= self._next_read:
            self._next_read = time.monotonic() + _REREAD_SECONDS
            self._keys = _read_keys(self._jwks_file)
        if not self._keys:
            raise Unavailable("There are no public keys yet.")
        if key_id not in self._keys:
            raise AccessTokenInvalid
        return self._keys[key_id]


def _read_keys(jwks_file: Path) -> dict[str, jwt.PyJWK]:
    try:
        keys = jwt.PyJWKSet.from_json(jwks_file.read_text()).keys
    except (OSError, ValueError, AttributeError, jwt.PyJWTError) as error:
        raise Unavailable(f"The file of public keys cannot be read: {error}") from error
    return {key.key_id: key for key in keys if key.key_id}


def current_caller() -> Caller:
    """Return the caller of the request being handled.

    Raises:
        AccessTokenMissing: There is no caller: the rpc is public, or no request is being handled.
    """
    caller = current_context().caller
    if caller is None:
        raise AccessTokenMissing
    return caller
