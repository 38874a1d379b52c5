"""Time zones by the name of a city, and likely ones for a language."""

import re
import unicodedata
from datetime import datetime
from functools import cache
from importlib.resources import files
from math import cos, radians, sin
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


def zone_label(zone: str, now: datetime) -> str:
    """Return a zone as a button shows it: `Berlin · 14:05`."""
    city = zone.rpartition("/")[2].replace("_", " ")
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


def nearest_zone(latitude: float, longitude: float) -> str:
    """Return the zone whose reference city is nearest to a place."""

    def distance(place: tuple[float, float, str]) -> float:
        north, east = radians(place[0]), radians(place[1])
        here_north, here_east = radians(latitude), radians(longitude)
        return -(
            sin(north) * sin(here_north) + cos(north) * cos(here_north) * cos(east - here_east)
        )

    return min(_places(), key=distance)[2]


@cache
def _places() -> tuple[tuple[float, float, str], ...]:
    """Read the coordinates of each zone's city from the tz database: `+513030-0000731`."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text()
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    places = []
    for _, coordinates, zone, *_ in rows:
        found = re.fullmatch(r"([+-]\d+)([+-]\d+)", coordinates)
        if found:
            places.append((_degrees(found[1], 2), _degrees(found[2], 3), zone))
    return tuple(places)


def _degrees(text: str, digits: int) -> float:
    """Return `+5130` or `+513030` in degrees; the first `digits` are whole ones."""
    number, rest = text[1 : digits + 1], text[digits + 1 :]
    minutes, seconds = int(rest[:2]), int(rest[2:] or 0)
    degrees = int(number) + minutes / 60 + seconds / 3600
    return -degrees if text[0] == "-" else degrees
