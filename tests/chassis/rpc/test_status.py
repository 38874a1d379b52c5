from datetime import timedelta
from uuid import UUID

import grpc
import pytest

from chassis import errors
from chassis.rpc.status import CODES, Details, code_of, details_from, status_from

HABIT = UUID("01900000-0000-7000-8000-000000000001")


class HabitArchived(errors.FailedPrecondition):
    def __init__(self, habit_id: UUID) -> None:
        super().__init__("The habit is archived.", habit_id=habit_id)


def test_a_refusal_crosses_the_wire_whole() -> None:
    assert details_from(status_from(HabitArchived(HABIT), "habits.mesh")) == Details(
        code=grpc.StatusCode.FAILED_PRECONDITION,
        message="The habit is archived.",
        reason="HABIT_ARCHIVED",
        domain="habits.mesh",
        metadata={"habit_id": str(HABIT)},
    )


def test_wrong_fields_cross_the_wire() -> None:
    wrong = (errors.Violation("title", "is empty"), errors.Violation("goal", "is missing"))
    refusal = errors.InvalidArgument("Two fields are wrong.", violations=wrong)
    assert details_from(status_from(refusal, "habits.mesh")).violations == wrong


def test_when_to_come_back_crosses_the_wire() -> None:
    refusal = errors.ResourceExhausted("Wait.", retry_after=timedelta(seconds=2.5))
    status = status_from(refusal, "auth.mesh")
    assert details_from(status).retry_after == timedelta(seconds=2.5)


def test_every_kind_has_its_own_code() -> None:
    kinds = set(errors.Refusal.__subclasses__())
    ours = {kind for kind in kinds if kind.__module__ == "chassis.errors"}
    assert set(CODES) == ours
    assert len(set(CODES.values())) == len(CODES)


def test_a_refusal_of_no_kind_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="no kind"):
        code_of(errors.Refusal("No."))
