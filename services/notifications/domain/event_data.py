"""The events of other services that lead to messages, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import Measure


class Unit(StrEnum):
    """What a streak counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Streak:
    """A run of due units that were met."""

    length: int
    unit: Unit = Unit.DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue:
    """A reminder of a habit is due."""

    owner_id: UUID
    habit_id: UUID
    title: str
    text: str
    """The person's own words; empty for the usual sentence."""
    due_date: date
    missing: Decimal | None
    """What the day or its unit lacks; None for yes-or-no habits."""
    unit: str
    """What amounts count, such as `km`."""
    measure: Measure
    expire_time: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitDone:
    """A goal was reached on a day on which it had not been reached before."""

    owner_id: UUID
    habit_id: UUID
    title: str
    logical_date: date
    streak: Streak
    from_chat: bool
    """Whether it was done in the chat, which has answered already."""
    revision: int = 0
    """Of the day with this check-in."""
    batch_id: UUID | None = None
    """The batch it was written in; None when it was written alone."""


class Period(StrEnum):
    """What a report is about."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCreated:
    """A report was created and can be sent."""

    owner_id: UUID
    period: Period
    completed_habits: int
    """Habits whose goal was reached on the last day of the period."""
    due: int
    met: int
    perfect_days: int
    streak: Streak
    picture_of: UUID | None = None
    """The stored report that a picture can be drawn of; None where there is none."""
    recommendation: str
    """One sentence of advice; empty when there is none."""
