"""Time zones by the name of a city, and likely ones for a language."""

import re
import unicodedata
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MOST_FOUND = 8
_LIKELY = {
    "ru": (
        "Europe/Moscow",
        "Europe/Kaliningrad",
        "Europe/Samara",
        "Asia/Yekaterinburg",
        "Asia/Novosibirsk",
        "Asia/Vladivostok",
        "Asia/Almaty",
        "Europe/Minsk",
    ),
    "en": (
        "Europe/London",
        "America/New_York",
        "America/Chicago",
        "America/Los_Angeles",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Australia/Sydney",
        "UTC",
    ),
}
_RUSSIAN = {
    "москва": "Europe/Moscow",
    "санкт-петербург": "Europe/Moscow",
    "калининград": "Europe/Kaliningrad",
    "самара": "Europe/Samara",
    "екатеринбург": "Asia/Yekaterinburg",
    "омск": "Asia/Omsk",
    "новосибирск": "Asia/Novosibirsk",
    "красноярск": "Asia/Krasnoyarsk",
    "иркутск": "Asia/Irkutsk",
    "владивосток": "Asia/Vladivostok",
    "минск": "Europe/Minsk",
    "алматы": "Asia/Almaty",
    "лондон": "Europe/London",
    "берлин": "Europe/Berlin",
}


def likely_zones(language: str) -> tuple[str, ...]:
    """Return zones that people who speak a language are likely to live in."""
    return _LIKELY.get(language, _LIKELY["en"])


def find_zones(text: str) -> tuple[str, ...]:
    """Return the zones whose city or name is like a text, best first, at most `MOST_FOUND`."""
    wanted = _plain(text)
    if not wanted:
        return ()
    if wanted in _RUSSIAN:
        return (_RUSSIAN[wanted],)
    ranked = sorted((rank, zone) for zone in _zones() if (rank := _rank(wanted, zone)) is not None)
    return tuple(zone for _, zone in ranked[:MOST_FOUND])


def zone_label(zone: str, now: datetime, language: str) -> str:
    """Return a zone as a button shows it: `Berlin · 14:05`."""
    city = zone.rpartition("/")[2].replace("_", " ")
    if language == "ru":
        city = next((name.title() for name, of in _RUSSIAN.items() if of == zone), city)
    return f"{city} · {now.astimezone(ZoneInfo(zone)):%H:%M}"


def _rank(wanted: str, zone: str) -> int | None:
    city, name = _plain(zone.rpartition("/")[2]), _plain(zone)
    if wanted in (city, name):
        return 0
    if city.startswith(wanted):
        return 1
    return 2 if wanted in name else None


@cache
def _zones() -> tuple[str, ...]:
    plain = re.compile(r"(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/")
    return tuple(sorted(it for it in available_timezones() if plain.match(it) or it == "UTC"))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().strip().replace("_", " "))
    return "".join(it for it in decomposed if not unicodedata.combining(it) or it == "\u0306")


def zone_at(latitude: float, longitude: float) -> str:
    """Return the zone of a place; at sea, one of whole hours."""
    # Its polygons take 35 MB, so they are loaded when somebody first shares a location.
    import tzfpy

    zone: str = tzfpy.get_tz(longitude, latitude)
    return zone if zone in available_timezones() else "UTC"
