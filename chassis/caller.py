"""The caller: the person a call acts for, written into access tokens and read back from them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as wall_time
from typing import Any
from uuid import UUID

ISSUER = "habit-tracker"

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The person a call acts for, as the claims of the access token describe them."""

    id: UUID
    session_id: UUID
    timezone: str = "UTC"
    day_start: wall_time = wall_time()
    week_start: str = "mon"
    locale: str = "en"
    floor_date: date | None = None
    """The person's "today" is never before this day: it was today when their zone last changed."""
    scopes: frozenset[str] | None = None
    """What a personal access token may do; None means everything."""
    expire_time: datetime = _NEVER

    def to_claims(self, *, issue_time: datetime) -> dict[str, Any]:
        """Return the claims of an access token for this caller; auth signs them."""
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
