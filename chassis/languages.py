"""Texts in a person's language: gettext catalogues, one `.po` file for each language but English.

A msgid is the English text. The files are read when a language is first used; there is nothing to
compile.
"""

import gettext as standard_gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("en", "ru")

_language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


def language_of(locale: str) -> str:
    """Return the language for a BCP 47 tag such as `ru-RU`; English for one that has no texts."""
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


class Catalogue:
    """The texts of one service, from a folder of `.po` files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def gettext(self, text: str) -> str:
        """Return a text in the current language."""
        return _read(self._folder / f"{current_language()}.po").gettext(text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form of a text for a count, in the current language."""
        return _read(self._folder / f"{current_language()}.po").ngettext(one, many, count)


@cache
def _read(path: Path) -> standard_gettext.NullTranslations:
    if not path.exists():  # English is in the code
        return standard_gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.stem))
    compiled.seek(0)
    return standard_gettext.GNUTranslations(compiled)
