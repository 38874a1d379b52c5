"""The caller of a request as a person."""

from functools import lru_cache
from uuid import UUID

from chassis.caller import Caller
from rhythm.days import zone_of
from rhythm.errors import ZoneUnknown
from rhythm.schedule import Weekday
from services.habits.domain.errors import ScopeMissing
from services.habits.domain.people import Person

_CACHE_SIZE = 20_000
_EXPORT = "export"


@lru_cache(maxsize=_CACHE_SIZE)
def person_from_caller(caller: Caller) -> Person:
    """Return the person with the settings of their token, for use until events have stored them."""
    return Person(
        id=caller.id,
        timezone=_known_zone(caller.timezone),
        day_start=caller.day_start,
        week_start=Weekday[caller.week_start.upper()],
        locale=caller.locale,
        floor_date=caller.floor_date,
    )


def export_owner(caller: Caller, text: str) -> UUID | None:
    """Return whose things a caller wants to export; None means everybody's.

    Raises:
        ScopeMissing: They are not the caller's, and the caller is no service.
    """
    may_read_all = caller.scopes is not None and _EXPORT in caller.scopes
    if not text:
        return None if may_read_all else caller.id
    try:
        owner_id = UUID(text)
    except ValueError:
        raise ScopeMissing(_EXPORT) from None
    if owner_id != caller.id and not may_read_all:
        raise ScopeMissing(_EXPORT)
    return owner_id


def _known_zone(name: str) -> str:
    """Return the zone, or UTC where this machine's tzdata is older than that of `auth`."""
    try:
        zone_of(name)
    except ZoneUnknown:
        return "UTC"
    return name
