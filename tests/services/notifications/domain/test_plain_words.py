"""What people write, and which habit they mean."""

from decimal import Decimal

import pytest

from services.notifications.domain.amounts import parse_amount
from services.notifications.domain.plain_words import Intent, matching, parse_plain_words
from tests.services.notifications.domain.test_today import an_item


@pytest.mark.parametrize(
    ("text", "intent", "title", "amount", "yesterday"),
    [
        ("done water", Intent.DONE, "water", None, False),
        ("Water: done!", Intent.DONE, "water", None, False),
        ("ran 5", Intent.ADD, "ran", Decimal(5), False),
        ("run 2,5 km", Intent.ADD, "run km", Decimal("2.5"), False),
        ("read 20 yesterday", Intent.ADD, "read", Decimal(20), True),
        ("skip yoga", Intent.SKIP, "yoga", None, False),
        ("UNDO", Intent.UNDO, "", None, False),
        ("вода готово", Intent.DONE, "вода", None, False),
        ("чтение 20 вчера", Intent.ADD, "чтение", Decimal(20), True),
    ],
)
def test_plain_words(
    text: str, intent: Intent, title: str, amount: Decimal | None, yesterday: bool
) -> None:
    wanted = parse_plain_words(text)
    assert wanted is not None
    assert (wanted.intent, wanted.title) == (intent, title)
    assert (wanted.amount, wanted.yesterday) == (amount, yesterday)


@pytest.mark.parametrize("text", ["", "done", "5", "yesterday", "!!!"])
def test_what_names_no_habit(text: str) -> None:
    assert parse_plain_words(text) is None


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("water", ["Drink water", "Water plants"]),
        ("drink water", ["Drink water"]),
        ("running", ["Running"]),
        ("cafe", ["Café"]),
        ("чтения", ["Чтение"]),
        ("read", ["Reading"]),
        ("chess", []),
        ("it", []),
    ],
)
def test_titles_are_matched_without_case_accents_and_endings(words: str, titles: list[str]) -> None:
    every = ["Drink water", "Water plants", "Running", "Café", "Чтение", "Reading"]
    items = [an_item(title) for title in every]
    assert [item.title for item in matching(items, words)] == titles


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("drank water", ["Drink water"]),
        ("I drank some water", ["Drink water"]),
        ("drank coffee", ["Coffee"]),
        ("drank", ["Drink water"]),
        ("выпил воду", ["Пить воду"]),
        ("выпила воды", ["Пить воду"]),
        ("попил воды", ["Пить воду"]),
        ("выпил кофе", ["Кофе"]),
        ("прочла", ["Чтение"]),
        ("пробежал", ["Бег"]),
        ("did not drink water", []),
        ("не пил воду", []),
        ("drank beer", []),
        ("выпил пива", []),
        ("swam", ["Swim", "Swimming lesson"]),
    ],
)
def test_the_words_of_every_day_find_their_habit(words: str, titles: list[str]) -> None:
    """A verb in any of its forms, also one that the title leaves out; two that fit are both."""
    every = [
        "Drink water",
        "Coffee",
        "Swim",
        "Swimming lesson",
        "Пить воду",
        "Кофе",
        "Чтение",
        "Бег",
    ]
    wanted = parse_plain_words(words)
    assert wanted is not None
    found = matching([an_item(title) for title in every], wanted.title)
    assert [item.title for item in found] == titles


def test_a_verb_finds_its_habit() -> None:
    assert [it.title for it in matching([an_item("Run"), an_item("Read")], "ran")] == ["Run"]


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("ran km", ["Run"]),
        ("read pages", ["Read"]),
        ("read page", ["Read"]),
        ("read km", []),
        ("km", []),
        ("прочитал страниц", ["Читать"]),
        ("почитала", ["Читать"]),
    ],
)
def test_an_amount_may_name_its_unit_and_a_verb_its_end(words: str, titles: list[str]) -> None:
    units = {"Run": "km", "Read": "pages", "Читать": "страниц", "Пить воду": "стаканов"}
    items = [an_item(title, unit=unit) for title, unit in units.items()]
    assert [it.title for it in matching(items, words)] == titles


@pytest.mark.parametrize(
    ("text", "amount"),
    [("5", 5), ("+3", 3), ("2,5 km", Decimal("2.5")), ("0", None), ("-1", None), ("five", None)],
)
def test_amounts(text: str, amount: Decimal | None) -> None:
    assert parse_amount(text) == amount
