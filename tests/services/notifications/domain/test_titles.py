"""Titles that would turn the line around them, and titles that would not."""

import pytest

from services.notifications.domain.titles import LONGEST_SHOWN, isolated, shown


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Drink water", "Drink water"),
        ("Ťažký <b>& \u200b", "Ťažký <b>& \u200b"),
        ("לרוץ", "\u2068לרוץ\u2069"),
        ("a\u202eb", "\u2068a\u202eb\u2069"),
        ("a\u2067b", "\u2068a\u2067b\u2069\u2069"),
        ("a\u2069\u2069b\u202e", "\u2068ab\u202e\u2069"),
    ],
)
def test_directions_end_with_the_title(title: str, text: str) -> None:
    assert isolated(title) == text


def test_a_long_title_is_cut() -> None:
    assert len(shown("a" * 120)) == LONGEST_SHOWN
