"""The languages of recommendations and reports: gettext catalogues in `locale`."""

from pathlib import Path

from chassis.languages import LANGUAGES, Catalogue, current_language, use_language

CATALOGUES = Path(__file__).parent.parent / "locale"

_CATALOGUE = Catalogue(CATALOGUES)


def gettext(text: str, **values: object) -> str:
    """Return a text in the current language, with values filled in."""
    found = _CATALOGUE.gettext(text)
    return found.format(**values) if values else found


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """Return the form of a text for a count, with `{count}` and other values filled in."""
    return _CATALOGUE.ngettext(one, many, count).format(count=count, **values)


def mark(text: str) -> str:
    """Mark a constant for translation; `gettext` translates it where it is used."""
    return text


__all__ = ["LANGUAGES", "current_language", "gettext", "mark", "ngettext", "use_language"]
