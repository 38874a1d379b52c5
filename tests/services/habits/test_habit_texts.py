"""Texts of habits: normalized, of one line where they are names, and visible."""

import unicodedata
from typing import Any

import pytest

from tests.services.habits.habits_server import Person, refused

NFD = unicodedata.normalize("NFD", "Café")


async def test_names_are_trimmed_and_composed(ann: Person) -> None:
    habit = await ann.makes(f" \ufeff{NFD}\u200b ", tags=[NFD, " home "], icon=" 💧 ")
    assert (habit.title, list(habit.tags), habit.icon) == ("Café", ["Café", "home"], "💧")


async def test_tags_that_look_the_same_are_the_same(ann: Person) -> None:
    with refused("TAGS_INVALID"):
        await ann.makes("Read", tags=["Café", NFD])


@pytest.mark.parametrize("field", ["title", "icon", "tags", "unit"])
@pytest.mark.parametrize("text", ["a\nb", "a\u2028b", "a\x07b"])
async def test_names_have_one_line(ann: Person, field: str, text: str) -> None:
    with refused("TEXT_NOT_ONE_LINE"):
        fields: dict[str, Any] = {"title": "Read", field: [text] if field == "tags" else text}
        await ann.makes(**fields)


@pytest.mark.parametrize("text", ["\u200b", "\ufeff", " \u200b\ufeff "])
async def test_a_title_of_zero_width_spaces_is_none(ann: Person, text: str) -> None:
    with refused("TITLE_MISSING"):
        await ann.makes(text)


@pytest.mark.parametrize("text", ["\u3164", "\u00ad\u00ad", "\u202e"])
async def test_a_title_that_nobody_can_see_is_refused(ann: Person, text: str) -> None:
    with refused("TEXT_INVISIBLE"):
        await ann.makes(text)


async def test_a_description_may_have_lines(ann: Person) -> None:
    habit = await ann.makes(description=f"First.\n\nSecond: {NFD}\n")
    assert habit.description == "First.\n\nSecond: Café"
