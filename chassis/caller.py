"""The caller: the person a call acts for, written into access tokens and read back from them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from typing import Any
from uuid import UUID, uuid5

ISSUER = "habit-tracker"
AUDIENCE = "habit-tracker.mesh"
"""Every service of the mesh; a token for anything else is refused."""
TOKEN_TYPE = "at+jwt"  # noqa: S105  # the media type of RFC 9068, no secret

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The person a call acts for, as the claims of the access token describe them."""

    id: UUID
    session_id: UUID
    """The session or personal token that the access token was issued for; nil for a service."""
    timezone: str = "UTC"
    day_start: wall_time = wall_time()
    week_start: str = "mon"
    locale: str = "en"
    floor_date: date | None = None
    """The person's "today" is never before this day: it was today when their zone last changed."""
    scopes: frozenset[str] | None = None
    """What a restricted access token may do; None means everything."""
    actor: str = ""
    """The service that acts for the person by token exchange (RFC 8693); empty for a session."""
    expire_time: datetime = _NEVER

    def __hash__(self) -> int:  # of two fields: it is asked for in every request
        return hash((self.id, self.session_id))

    def may(self, scope: str) -> bool:
        """Say whether the caller has a scope; an empty one stands for a whole session."""
        return self.scopes is None or (scope != "" and scope in self.scopes)

    def to_claims(
        self, *, issue_time: datetime, lifetime: timedelta | None = None
    ) -> dict[str, Any]:
        """Return the claims of an access token for this caller (RFC 9068); auth signs them.

        Args:
            issue_time: The moment it is signed at.
            lifetime: How long it is good for; until the caller's `expire_time` when left out.
        """
        issued = int(issue_time.timestamp())
        expires = self.expire_time if lifetime is None else issue_time + lifetime
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "client_id": self.actor or ISSUER,
            "sub": str(self.id),
            "sid": str(self.session_id),
            "jti": str(uuid5(self.session_id, f"{self.id} {issued}")),
            "iat": issued,
            "nbf": issued,
            "exp": int(expires.timestamp()),
            "zoneinfo": self.timezone,
            "day_start": f"{self.day_start:%H:%M}",
            "week_start": self.week_start,
            "locale": self.locale,
        }
        if self.floor_date is not None:
            claims["floor"] = self.floor_date.isoformat()
        if self.scopes is not None:
            claims["scope"] = " ".join(sorted(self.scopes))
        if self.actor:
            claims["act"] = {"sub": self.actor}
        return claims


def caller_from_claims(claims: dict[str, Any]) -> Caller:
    """Read the caller from verified claims.

    Raises:
        ValueError: A claim does not hold what it should.
    """
    actor = claims.get("act", {"sub": ""})
    if not isinstance(actor, dict):
        raise ValueError("act is not an object")
    scope = None if "scope" not in claims else _text(claims, "scope")
    return Caller(
        id=_uuid(claims, "sub"),
        session_id=_uuid(claims, "sid"),
        timezone=_text(claims, "zoneinfo", "UTC"),
        day_start=wall_time.fromisoformat(_text(claims, "day_start", "00:00")),
        week_start=_text(claims, "week_start", "mon"),
        locale=_text(claims, "locale", "en"),
        floor_date=date.fromisoformat(_text(claims, "floor")) if "floor" in claims else None,
        scopes=None if scope is None else frozenset(scope.split()),
        actor=_text(actor, "sub"),
        expire_time=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _text(claims: dict[str, Any], name: str, default: str | None = None) -> str:
    value = claims.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a string")
    return value


def _uuid(claims: dict[str, Any], name: str) -> UUID:
    """Read an id in the one form that we write it in."""
    text = _text(claims, name)
    if str(UUID(text)) != text:
        raise ValueError(f"{name} is not a UUID in lower case with hyphens")
    return UUID(text)
