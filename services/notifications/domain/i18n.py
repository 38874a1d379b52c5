"""The languages of the chat: gettext catalogues, and formats of dates and numbers by Babel."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal

from chassis.languages import LANGUAGES, Catalogue, current_language, language_of, use_language

LANGUAGE_NAMES = {"en": "English", "ru": "Русский"}
"""What each language is called by those who speak it."""
CATALOGUES = Path(__file__).parent.parent / "locale"

_CATALOGUE = Catalogue(CATALOGUES)


def gettext(text: str) -> str:
    """Return a text in the current language."""
    return _CATALOGUE.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a text for a count, with `{count}` filled in."""
    return _CATALOGUE.ngettext(one, many, count).format(count=count)


def mark(text: str) -> str:
    """Mark a constant for translation; `gettext` translates it where it is used."""
    return text


def day_text(day: date) -> str:
    """Return a day as a heading: `Mon 23 Nov`."""
    return format_date(day, "EEE d MMM", locale=current_language())


def number_text(number: Decimal) -> str:
    """Return a number with at most three decimals and without needless zeros: `2.5`."""
    return format_decimal(number, "0.###", locale=current_language())


__all__ = [
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "current_language",
    "day_text",
    "gettext",
    "language_of",
    "mark",
    "ngettext",
    "number_text",
    "use_language",
]
