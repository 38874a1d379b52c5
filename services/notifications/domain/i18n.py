"""The languages of the chat: gettext catalogues, and formats of dates and numbers by Babel.

The catalogues are the `.po` files in `locale`, read when a language is first used; there is nothing
to compile. A msgid is the English text.
"""

import gettext as standard_gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("en", "ru")
CATALOGUES = Path(__file__).parent.parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="en")


def language_of(locale: str) -> str:
    """Return the chat's language for a BCP 47 tag such as `ru-RU`; English for any other."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


@contextmanager
def use_language(locale: str) -> Iterator[None]:
    """Write texts in the language of this tag inside the block."""
    token = _language.set(language_of(locale))
    try:
        yield
    finally:
        _language.reset(token)


def current_language() -> str:
    """Return the language that texts are written in."""
    return _language.get()


def gettext(text: str) -> str:
    """Return a text in the current language."""
    return _catalogue(_language.get()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a text for a count, with `{count}` filled in."""
    return _catalogue(_language.get()).ngettext(one, many, count).format(count=count)


def mark(text: str) -> str:
    """Mark a constant for translation; `gettext` translates it where it is used."""
    return text


def day_text(day: date) -> str:
    """Return a day as a heading: `Mon 23 Nov`."""
    return format_date(day, "EEE d MMM", locale=_language.get())


def number_text(number: Decimal) -> str:
    """Return a number with at most three decimals and without needless zeros: `2.5`."""
    return format_decimal(number, "0.###", locale=_language.get())


@cache
def _catalogue(language: str) -> standard_gettext.NullTranslations:
    path = CATALOGUES / f"{language}.po"
    if not path.exists():  # English is in the code
        return standard_gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return standard_gettext.GNUTranslations(compiled)
