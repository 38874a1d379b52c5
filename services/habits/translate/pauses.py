"""Pauses as messages."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.habits.v1 import habit_pb2 as wire
from services.habits.domain import limits
from services.habits.domain.errors import FieldTooLong
from services.habits.domain.pause import Pause
from services.habits.events.messages import pause_to_wire
from services.habits.translate.scalars import (
    date_from_wire,
    find_date_from_wire,
    habit_id_from_wire,
    text_from_wire,
)

__all__ = ["PauseDraft", "pause_from_wire", "pause_to_wire", "place_from_page", "place_to_page"]


@dataclass(frozen=True, slots=True)
class PauseDraft:
    """What a pause is to be made of."""

    habit_id: UUID | None
    from_date: date
    to_date: date | None
    reason: str


def pause_from_wire(pause: wire.Pause) -> PauseDraft:
    """Return what a pause is to be made of; output-only fields are ignored.

    Raises:
        DateMalformed: A day cannot be read.
        FieldTooLong: The reason is longer than one can be.
    """
    if len(pause.reason) > limits.MAX_REASON_LENGTH:
        raise FieldTooLong("pause.reason", limits.MAX_REASON_LENGTH)
    return PauseDraft(
        habit_id=habit_id_from_wire(pause.habit_id) if pause.habit_id else None,
        from_date=date_from_wire(pause.from_date, "pause.from_date"),
        to_date=find_date_from_wire(pause.to_date, "pause.to_date"),
        reason=text_from_wire(pause.reason, "pause.reason"),
    )


def place_from_page(key: tuple[str, ...] | None) -> tuple[date, UUID] | None:
    """Return the place of the pause that the last page ended with."""
    return None if key is None else (date.fromisoformat(key[0]), UUID(key[1]))


def place_to_page(pause: Pause) -> tuple[str, str]:
    """Return the place of a pause in the list."""
    return pause.from_date.isoformat(), str(pause.id)
