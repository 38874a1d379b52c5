"""Both languages are complete, with the right plurals, and their placeholders are the same."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.notifications.domain import messages
from services.notifications.domain.event_data import Streak, Unit
from services.notifications.domain.i18n import CATALOGUES, LANGUAGES, language_of, use_language

type MessageId = str | tuple[str, ...]

KEYWORDS = {"gettext": None, "mark": None, "ngettext": (1, 2)}
TRANSLATED = LANGUAGES[1:]
PLURAL_FORMS = {"ru": 3}


def in_code() -> set[MessageId]:
    """Return the texts that the code asks for."""
    folder = Path(messages.__file__).parent.parent
    found = extract_from_dir(folder, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {text for _, _, text, _, _ in found}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    translated = {it.id: it.string for it in catalogue if it.id}
    assert set(translated) == in_code()
    for text, translation in translated.items():
        forms = [translation] if isinstance(translation, str) else list(translation or ())
        assert all(forms), text
        if isinstance(text, tuple):
            assert len(forms) == PLURAL_FORMS[language]
        original = placeholders(text if isinstance(text, str) else text[1])
        assert {frozenset(placeholders(form)) for form in forms} == {frozenset(original)}, text
    assert not [it.id for it in catalogue if it.fuzzy]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 день"),
        (2, "2 дня"),
        (5, "5 дней"),
        (11, "11 дней"),
        (21, "21 день"),
        (104, "104 дня"),
    ],
)
def test_russian_plurals(count: int, text: str) -> None:
    with use_language("ru-RU"):
        assert messages.streak_text(Streak(count, Unit.DAY)) == f"{text} подряд"


@pytest.mark.parametrize(
    ("locale", "language"),
    [("ru", "ru"), ("ru_RU", "ru"), ("RU-by", "ru"), ("en-GB", "en"), ("de", "en"), ("", "en")],
)
def test_the_language_of_a_locale(locale: str, language: str) -> None:
    assert language_of(locale) == language
