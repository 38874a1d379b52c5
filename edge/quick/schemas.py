"""Request and response bodies of quick links."""

from typing import Annotated

from pydantic import Field

from edge.habits.schemas.check_ins import CheckInWritten
from edge.habits.schemas.common import Amount, Moment
from edge.schemas import RequestBody, ResponseBody


class NewQuickLink(RequestBody):
    """A new quick link of one habit."""

    habit_id: str
    title: Annotated[str, Field(examples=["Tag on the fridge"])] = ""
    """Your own words for it; at most 120 characters."""
    amount: Amount | None = None
    """What one use adds; for `quantity` habits, and required there."""


class QuickLink(ResponseBody):
    """A quick link, without its address."""

    id: str
    habit_id: str
    title: str
    amount: Amount | None
    create_time: Moment
    use_time: Moment | None
    """When it last checked the habit in; null before the first time."""


class CreatedQuickLink(QuickLink):
    """A quick link with its address, which is shown once."""

    url: Annotated[str, Field(examples=["https://habits.example/v1/quick/…"])]
    """`POST` to it checks in; opened in a browser it shows a button. Whoever knows it can do so."""


class QuickCheckIn(ResponseBody):
    """What one use of a quick link did."""

    habit_title: str
    message: Annotated[str, Field(examples=["Drink water: done. Streak: 12."])]
    """A sentence to show or to speak, in the owner's language."""
    repeated_tap: bool
    """True within 10 seconds of the last use: then nothing was counted, and `check_in` is null."""
    check_in: CheckInWritten | None
