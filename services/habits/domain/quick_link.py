"""Quick links: secret addresses that check one habit in. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.habits.domain.check_in_outcome import CheckInOutcome

DOUBLE_TAP = timedelta(seconds=10)
"""A second use this soon after the last one is the same tap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickLink:
    """A secret address that checks one habit in.

    Attributes:
        id: Identifies it to its owner.
        owner_id: Whose it is.
        habit_id: The habit.
        title: The owner's words for it; may be empty.
        amount_thousandths: What it adds; None for a yes-or-no habit.
        create_time: When it was created.
        use_time: When it last checked the habit in; None before the first time.
    """

    id: UUID
    owner_id: UUID
    habit_id: UUID
    title: str
    amount_thousandths: int | None
    create_time: datetime
    use_time: datetime | None = None

    def is_repeated_tap(self, now: datetime) -> bool:
        """Return whether a use now would be the last one again; a clock set back is no tap."""
        return self.use_time is not None and abs(now - self.use_time) < DOUBLE_TAP


@dataclass(frozen=True, slots=True)
class QuickLinkContent:
    """What a quick link shows to whoever has its address.

    Attributes:
        habit_title: The title of the habit.
        unit: The unit of the amount; may be empty.
        amount_thousandths: What it adds; None for a yes-or-no habit.
        locale: The language of the owner.
    """

    habit_title: str
    unit: str
    amount_thousandths: int | None
    locale: str


class NewQuickLink(NamedTuple):
    """What a person asks of a new quick link."""

    habit_id: UUID
    title: str
    amount_thousandths: int | None


class QuickLinkUse(NamedTuple):
    """The result of one use of an address; without an outcome it was a repeated tap."""

    shown: QuickLinkContent
    outcome: CheckInOutcome | None
