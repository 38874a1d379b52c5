"""One line makes a habit: what is read from it, and what is left as its title."""

import pytest

from services.notifications.domain.buttons import Measure
from services.notifications.domain.habit_forms import HabitForm, parse_one_line

YES_NO, QUANTITY, LIMIT = Measure.YES_NO, Measure.QUANTITY, Measure.LIMIT


@pytest.mark.parametrize(
    ("line", "form"),
    [
        (
            "Read 20 pages daily 21:00",
            HabitForm(title="Read", measure=QUANTITY, amount="20", unit="pages", times=("21:00",)),
        ),
        (
            "run 20 km a week",
            HabitForm(title="Run", measure=QUANTITY, amount="20", unit="km", schedule="wT"),
        ),
        ("No sugar", HabitForm(title="No sugar", measure=LIMIT, amount="0")),
        (
            "Coffee at most 2 cups",
            HabitForm(title="Coffee", measure=LIMIT, amount="2", unit="cups"),
        ),
        (
            "Кофе не больше 2 чашек",
            HabitForm(title="Кофе", measure=LIMIT, amount="2", unit="чашек"),
        ),
        (
            "Walk at least 2,5 km",
            HabitForm(title="Walk", measure=QUANTITY, amount="2.5", unit="km"),
        ),
        (
            "Exercise weekdays at 7:30",
            HabitForm(title="Exercise", schedule="w1111100/1", times=("07:30",)),
        ),
        (
            "Зарядка по будням в 7:30",
            HabitForm(title="Зарядка", schedule="w1111100/1", times=("07:30",)),
        ),
        ("Sleep in on weekends", HabitForm(title="Sleep in", schedule="w0000011/1")),
        (
            "Stretch at 8:00 and 21:30",
            HabitForm(title="Stretch", times=("08:00", "21:30")),
        ),
        ("Yoga on mon, thu", HabitForm(title="Yoga", schedule="w1001000/1")),
        ("Swim 3 times a week", HabitForm(title="Swim", schedule="wt3")),
        ("Water plants every 3 days", HabitForm(title="Water plants", schedule="d3")),
    ],
)
def test_a_line_is_read(line: str, form: HabitForm) -> None:
    assert parse_one_line(line) == form


@pytest.mark.parametrize("line", ["21:00", "daily", "x" * 121])
def test_a_line_without_a_title_makes_no_habit(line: str) -> None:
    assert parse_one_line(line) is None
