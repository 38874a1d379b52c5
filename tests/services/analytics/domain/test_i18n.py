"""Recommendations and reports have every text in every language, with its placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.analytics.domain import i18n
from services.analytics.domain.i18n import CATALOGUES, LANGUAGES, ngettext, use_language

type MessageId = str | tuple[str, ...]

KEYWORDS = {"gettext": None, "mark": None, "ngettext": (1, 2)}


def in_code() -> set[MessageId]:
    folder = Path(i18n.__file__).parent.parent
    found = extract_from_dir(folder, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {text for _, _, text, _, _ in found}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    translated = {it.id: it.string for it in catalogue if it.id}
    assert set(translated) == in_code()
    for text, translation in translated.items():
        forms = [translation] if isinstance(translation, str) else list(translation or ())
        assert all(forms), text
        original = placeholders(text if isinstance(text, str) else text[1])
        assert {frozenset(placeholders(form)) for form in forms} == {frozenset(original)}, text


@pytest.mark.parametrize(("count", "begins"), [(1, "у 1 привычки"), (3, "у 3 привычек")])
def test_counts_have_their_plural_form(count: int, begins: str) -> None:
    one = "Today is done; {count} habit still has time. Keep going!"
    with use_language("ru"):
        found = ngettext(one, one.replace("habit still has", "habits still have"), count)
    assert begins in found
