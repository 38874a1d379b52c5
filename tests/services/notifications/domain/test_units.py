"""Units by number: usual ones in their form, a person's own words as they are."""

from decimal import Decimal

import pytest

from services.notifications.domain.buttons import Measure
from services.notifications.domain.habit_forms import goal_text
from services.notifications.domain.i18n import use_language
from services.notifications.domain.messages import amount_text
from services.notifications.domain.replies import ask_amount
from services.notifications.domain.units import many


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        ("1", "glasses", "1 glass"),
        ("1.0", "glass", "1 glass"),
        ("2", "glass", "2 glasses"),
        ("0", "glass", "0 glasses"),
        ("0.5", "glass", "0.5 glasses"),
        ("1000", "Pages", "1000 Pages"),
        ("1", "Pages", "1 Page"),
        ("1", "km", "1 km"),
        ("2", "km", "2 km"),
        ("1", "laps of the park", "1 laps of the park"),
        ("1", "MINUTES", "1 MINUTES"),
        ("1", "", "1"),
        ("1", "стаканов", "1 стакан"),
        ("2", "стакан", "2 стакана"),
        ("5", "стакан", "5 стаканов"),
        ("11", "стакан", "11 стаканов"),
        ("21", "стакан", "21 стакан"),
        ("1", "страницу", "1 страница"),
        ("20", "страница", "20 страниц"),
        ("1", "дуга", "1 дуга"),
    ],
)
def test_an_amount_has_the_form_of_its_number(amount: str, unit: str, text: str) -> None:
    """A word is in the language in which it was written, whatever the chat's is."""
    assert amount_text(Decimal(amount), unit) == text


def test_fractions_are_half_of_one_thing_in_russian() -> None:
    with use_language("ru"):
        assert amount_text(Decimal("2.5"), "стаканов") == "2,5 стакана"


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        ("1", "чашки", "🎯 не больше 1 чашки"),
        ("2", "чашки", "🎯 не больше 2 чашек"),
        ("5", "чашки", "🎯 не больше 5 чашек"),
        ("2.5", "чашки", "🎯 не больше 2,5 чашки"),
        ("2", "бокала", "🎯 не больше 2 бокала"),
        ("2", "cups", "🎯 не больше 2 cups"),
    ],
)
def test_a_limit_needs_the_genitive_in_russian(amount: str, unit: str, text: str) -> None:
    with use_language("ru"):
        assert goal_text(Measure.LIMIT, amount, unit) == text


def test_how_many_asks_for_many() -> None:
    assert ask_amount("Water", many("glass")) == "How many glasses shall I add to “Water”?"
    with use_language("ru"):
        assert ask_amount("Вода", many("стакан")) == "Сколько стаканов добавить к «Вода»?"
