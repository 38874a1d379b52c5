"""Who asks: an access token becomes a `Caller`, by auth's public keys, without calling auth."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as wall_time
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt

from chassis.context import current
from chassis.errors import Unauthenticated, Unavailable

ALGORITHM = "EdDSA"
ISSUER = "habit-tracker"

_LEEWAY_SECONDS = 5
_CACHE_SIZE = 20_000
_REREAD_SECONDS = 1.0
_LONGEST_TOKEN = 4096
_NEVER = datetime.max.replace(tzinfo=UTC)


class AccessTokenMissing(Unauthenticated):
    """The call needs a caller and brought no token."""

    def __init__(self) -> None:
        super().__init__("The call needs an access token. Sign in and send it as a bearer token.")


class AccessTokenInvalid(Unauthenticated):
    """The token is not one of ours, or was changed on its way."""

    def __init__(self) -> None:
        super().__init__("The access token is not valid. Sign in again.")


class AccessTokenExpired(Unauthenticated):
    """The token was good once."""

    def __init__(self) -> None:
        super().__init__("The access token has expired. Refresh it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The person a call acts for, as their access token tells it."""

    id: UUID
    session_id: UUID
    timezone: str = "UTC"
    day_start: wall_time = wall_time()
    week_start: str = "mon"
    locale: str = "en"
    floor_date: date | None = None
    """Today is never before this day: where the person stood when their zone last changed."""
    scopes: frozenset[str] | None = None
    """What a personal access token may do; None means everything."""
    expire_time: datetime = _NEVER

    def to_claims(self, *, issue_time: datetime) -> dict[str, Any]:
        """Return the claims of an access token; auth signs them."""
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": str(self.id),
            "sid": str(self.session_id),
            "iat": int(issue_time.timestamp()),
            "exp": int(self.expire_time.timestamp()),
            "zoneinfo": self.timezone,
            "day_start": f"{self.day_start:%H:%M}",
            "week_start": self.week_start,
            "locale": self.locale,
        }
        if self.floor_date is not None:
            claims["floor"] = self.floor_date.isoformat()
        if self.scopes is not None:
            claims["scope"] = " ".join(sorted(self.scopes))
        return claims


class Verifier:
    """Turns access tokens into callers. A token is verified once and then remembered."""

    def __init__(self, jwks_file: Path) -> None:
        self._jwks_file = jwks_file
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_again_at = 0.0
        self._known: dict[str, tuple[Caller, float]] = {}

    def verify(self, token: str) -> Caller:
        """Return whom the token speaks for.

        Raises:
            AccessTokenMissing: The token is empty.
            AccessTokenInvalid: It was not signed by a key in the file, or cannot be read.
            AccessTokenExpired: Its time is over.
            Unavailable: The file of keys is not there yet.
        """
        known = self._known.get(token)
        if known is not None:
            caller, end = known
            if time.time() < end:
                return caller
            del self._known[token]
            raise AccessTokenExpired
        if not token:
            raise AccessTokenMissing
        if len(token) > _LONGEST_TOKEN:
            raise AccessTokenInvalid
        caller = self._verified(token)
        if len(self._known) >= _CACHE_SIZE:
            del self._known[next(iter(self._known))]  # the oldest one
        self._known[token] = caller, caller.expire_time.timestamp() + _LEEWAY_SECONDS
        return caller

    def _verified(self, token: str) -> Caller:
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
        """Return the key with this id; an unknown id may be a new key, so look again."""
        if key_id not in self._keys and time.monotonic() >= self._read_again_at:
            self._read_again_at = time.monotonic() + _REREAD_SECONDS
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


def caller_from_claims(claims: dict[str, Any]) -> Caller:
    """Read the caller from verified claims.

    Raises:
        ValueError: A claim does not hold what it should.
    """
    scope, floor = claims.get("scope"), claims.get("floor")
    return Caller(
        id=UUID(claims["sub"]),
        session_id=UUID(claims["sid"]),
        timezone=claims.get("zoneinfo", "UTC"),
        day_start=wall_time.fromisoformat(claims.get("day_start", "00:00")),
        week_start=claims.get("week_start", "mon"),
        locale=claims.get("locale", "en"),
        floor_date=date.fromisoformat(floor) if floor else None,
        scopes=None if scope is None else frozenset(scope.split()),
        expire_time=datetime.fromtimestamp(claims["exp"], UTC),
    )


def current_caller() -> Caller:
    """Return who asks for the present work.

    Raises:
        AccessTokenMissing: Nobody was identified: the rpc is public, or there is no call.
    """
    caller = current().caller
    if caller is None:
        raise AccessTokenMissing
    return caller
