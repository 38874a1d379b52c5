"""Texts come in the current language, and English where a language has none."""

from pathlib import Path

import pytest

from chassis.languages import Catalogue, language_of, use_language

RUSSIAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || "
"n%100>=20) ? 1 : 2);\\n"

msgid "day"
msgid_plural "days"
msgstr[0] "день"
msgstr[1] "дня"
msgstr[2] "дней"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    (tmp_path / "ru.po").write_text(RUSSIAN, encoding="utf-8")
    return Catalogue(tmp_path)


@pytest.mark.parametrize(("locale", "text"), [("ru-RU", "день"), ("de", "day"), ("en", "day")])
def test_a_text_is_in_the_current_language(catalogue: Catalogue, locale: str, text: str) -> None:
    with use_language(locale):
        assert catalogue.ngettext("day", "days", 1) == text
    assert catalogue.gettext("day") == "day"


@pytest.mark.parametrize(("count", "text"), [(1, "день"), (22, "дня"), (11, "дней")])
def test_plurals_are_those_of_the_language(catalogue: Catalogue, count: int, text: str) -> None:
    with use_language("ru"):
        assert catalogue.ngettext("day", "days", count) == text


def test_a_text_that_is_not_translated_stays_english(catalogue: Catalogue) -> None:
    with use_language("ru"):
        assert catalogue.gettext("year") == "year"


@pytest.mark.parametrize(("locale", "language"), [("ru_RU", "ru"), ("RU-by", "ru"), ("", "en")])
def test_the_language_of_a_locale(locale: str, language: str) -> None:
    assert language_of(locale) == language
