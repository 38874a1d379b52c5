"""Names of IANA time zones: any case is read, and near names are found for unknown ones."""

import difflib
from functools import lru_cache

from rhythm.days import zone_names
from services.auth.domain.errors import TimezoneUnknown

_PLACEHOLDERS = frozenset(("Factory",))
"""In the database, but no place's time: what a machine has before it is set up."""
_MAX_SUGGESTIONS = 3
_MIN_SIMILARITY = 0.72
_MAX_LENGTH = 64


def read_timezone(text: str) -> str:
    """Return a zone's name in its canonical spelling: `europe/london` is `Europe/London`.

    Raises:
        TimezoneUnknown: There is no such zone. It proposes names that are nearly the same.
    """
    key = "_".join(text[:_MAX_LENGTH].split()).casefold()
    name = _names_by_key().get(key)
    if name is None:
        raise TimezoneUnknown(text, suggestions=near_names(key))
    return name


def near_names(key: str) -> list[str]:
    """Return at most three names like this one, as a whole or in their last part; best first."""
    keys = _keys_by_part()
    near = difflib.get_close_matches(key, keys, n=_MAX_SUGGESTIONS * 2, cutoff=_MIN_SIMILARITY)
    found = dict.fromkeys(_names_by_key()[full] for part in near for full in keys[part])
    return list(found)[:_MAX_SUGGESTIONS]


@lru_cache(maxsize=1)
def _names_by_key() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(zone_names() - _PLACEHOLDERS)}


@lru_cache(maxsize=1)
def _keys_by_part() -> dict[str, list[str]]:
    """Return keys of zones by what people type: the whole name, or the city alone."""
    keys: dict[str, list[str]] = {}
    for key in _names_by_key():
        for part in {key, key.rpartition("/")[2]}:
            keys.setdefault(part, []).append(key)
    return keys
