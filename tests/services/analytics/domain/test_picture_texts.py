"""The texts of pictures: every unit, with its plural, and languages by locale."""

from datetime import date

import pytest

from rhythm.schedule import StreakUnit
from services.analytics.domain.picture_texts import ENGLISH, RUSSIAN, Texts, texts_of


@pytest.mark.parametrize("texts", [ENGLISH, RUSSIAN])
def test_every_unit_has_a_name(texts: Texts) -> None:
    for unit in StreakUnit:
        assert len({texts.counted(count, unit).split(" ", 1)[1] for count in (1, 5)}) == 2


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (14, "14 дней"), (21, "21 день"),
     (111, "111 дней"), (122, "122 дня"), (0, "0 дней")],
)  # fmt: skip
def test_russian_plurals(count: int, shown: str) -> None:
    assert RUSSIAN.counted(count, StreakUnit.DAY) == shown


@pytest.mark.parametrize(
    ("locale", "texts"),
    [("ru", RUSSIAN), ("ru-RU", RUSSIAN), ("ru_RU", RUSSIAN), ("en", ENGLISH), ("de", ENGLISH),
     ("", ENGLISH)],
)  # fmt: skip
def test_a_locale_without_texts_gets_english(locale: str, texts: Texts) -> None:
    assert texts_of(locale) is texts


def test_a_span_of_one_day_is_that_day() -> None:
    day = date(2026, 1, 9)
    assert ENGLISH.shown_span(day, day) == "Jan 9, 2026"
    assert RUSSIAN.shown_span(day, date(2026, 1, 10)) == "9 янв. 2026 – 10 янв. 2026"
