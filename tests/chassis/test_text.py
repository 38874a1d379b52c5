"""Text that people write: readable, normalized, visible, in one line."""

import unicodedata

import pytest

from chassis.text import (
    TextInvisible,
    TextNotOneLine,
    is_readable,
    is_visible,
    normalize,
    normalize_line,
)


@pytest.mark.parametrize("text", ["", "Drink water", "Вода", "💧", "👩‍🚀", "\ue000", "a\u202eb"])
def test_text_of_any_script_is_readable(text: str) -> None:
    assert is_readable(text)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "ä\udfff"])
def test_what_no_database_stores_is_not_readable(text: str) -> None:
    assert not is_readable(text)


def test_normalizing_trims_and_composes() -> None:
    decomposed = unicodedata.normalize("NFD", "Café")
    assert normalize(f" \ufeff\u200b {decomposed}\u00a0\n") == "Café"
    assert normalize("👩‍🚀\ufe0f") == "👩‍🚀\ufe0f"


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b", "a\u0085b", "a\tb", "a\x1b[0mb"])
def test_a_line_holds_no_break_and_no_control_character(text: str) -> None:
    with pytest.raises(TextNotOneLine) as refused:
        normalize_line(text, "habit.title")
    assert refused.value.violations[0].field == "habit.title"


@pytest.mark.parametrize("text", ["\u00ad", "\u2800", "\u3164", "\u202e\u202c", "\u034f\ufe0f"])
def test_a_line_of_invisible_characters_is_refused(text: str) -> None:
    assert not is_visible(text)
    with pytest.raises(TextInvisible):
        normalize_line(text, "habit.title")


def test_a_blank_line_is_empty() -> None:
    assert normalize_line(" \u200b\ufeff ", "habit.unit") == ""
