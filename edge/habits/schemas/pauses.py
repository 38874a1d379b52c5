"""Pauses in JSON."""

from typing import Annotated

from pydantic import Field

from edge.habits.schemas.common import CivilDay, Moment
from edge.schemas import Answer, Body


class NewPause(Body):
    """Days that will not count, both ends included."""

    from_date: CivilDay
    to_date: CivilDay | None = None
    """Until the pause is deleted when left out."""
    reason: Annotated[str, Field(examples=["Holiday"])] | None = None


class Pause(Answer):
    """Days that do not count: they break no streak and silence reminders."""

    id: str
    habit_id: str | None
    """Null: all of the person's habits rest."""
    from_date: CivilDay
    to_date: CivilDay | None
    reason: str
    create_time: Moment
