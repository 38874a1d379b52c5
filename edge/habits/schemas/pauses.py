"""Request and response bodies of pauses."""

from typing import Annotated

from pydantic import Field

from edge.habits.schemas.common import CivilDay, Moment
from edge.schemas import RequestBody, ResponseBody


class NewPause(RequestBody):
    """Days that will not count, both ends included."""

    from_date: CivilDay
    to_date: CivilDay | None = None
    """Until the pause is deleted when left out."""
    reason: Annotated[str, Field(examples=["Holiday"])] | None = None


class Pause(ResponseBody):
    """Days that do not count: they break no streak, and no reminder is sent on them."""

    id: str
    habit_id: str | None
    """Null when the pause applies to all habits."""
    from_date: CivilDay
    to_date: CivilDay | None
    reason: str
    create_time: Moment
