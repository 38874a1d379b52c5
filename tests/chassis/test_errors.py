from datetime import timedelta

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, ResourceExhausted, Violation


class HabitArchived(FailedPrecondition):
    """A refusal as services write them."""

    def __init__(self, habit_id: int) -> None:
        super().__init__("The habit is archived. Restore it first.", habit_id=habit_id)


def test_the_reason_is_the_name_of_the_class() -> None:
    assert HabitArchived.reason == "HABIT_ARCHIVED"
    assert FailedPrecondition.reason == "FAILED_PRECONDITION"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("URLTooLong", "URL_TOO_LONG"), ("Over500Items", "OVER500_ITEMS"), ("Plain", "PLAIN")],
)
def test_words_are_found_in_unusual_names(name: str, reason: str) -> None:
    refusal: type[InvalidArgument] = type(name, (InvalidArgument,), {})
    assert refusal.reason == reason


def test_a_refusal_carries_every_value_as_text() -> None:
    refusal = HabitArchived(3)
    assert refusal.metadata == {"habit_id": "3"}
    assert str(refusal) == refusal.message == "The habit is archived. Restore it first."


def test_what_was_wrong_and_when_to_come_back() -> None:
    wrong = InvalidArgument("Two dates are wrong.", violations=[Violation("date", "too late")])
    assert wrong.violations == (Violation("date", "too late"),)
    busy = ResourceExhausted("Wait.", retry_after=timedelta(seconds=3))
    assert busy.retry_after == timedelta(seconds=3)


def test_a_reason_fits_into_an_error_info() -> None:
    with pytest.raises(TypeError, match="at most 63 characters"):
        type("A" + "b" * 63, (InvalidArgument,), {})
