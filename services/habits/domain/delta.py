"""What has changed of a person's habits since a cursor, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from uuid import UUID

import msgspec

from services.habits.domain.check_in import CheckIn
from services.habits.domain.habit import Habit
from services.habits.domain.pause import Pause

TOMBSTONE_RETENTION = timedelta(days=90)
"""How long it is known what was deleted."""
CURSOR_LIFETIME = TOMBSTONE_RETENTION - timedelta(days=1)
"""How old a cursor may be; an older one gets everything again."""
LONGEST_WAIT = timedelta(seconds=25)
"""How long a request may wait for a change."""

MAX_PAGE_HABITS = 200
MAX_PAGE_DAYS = 1000
MAX_DELETED = 5000
"""Of one delta; where more was deleted, everything is sent again."""

_COMPARABLE_TRANSACTIONS = 1 << 31
"""Rows carry 32 bits of their transaction's number: within this distance they are unambiguous."""
_MAX_NUMBER = 1 << 62
_FIRST_ID = UUID(int=0)


class DeletedKind(IntEnum):
    """What a tombstone is of."""

    HABIT = 1
    PAUSE = 2


class Horizon(msgspec.Struct, frozen=True, array_like=True):
    """What was committed at a moment, as a snapshot of PostgreSQL says it.

    Transactions from `first_open` on may have been open then, or did not exist. What they wrote is
    sent again, so that nothing is missed however late they commit.
    """

    first_open: int
    next_transaction: int
    open_transactions: tuple[int, ...]
    time: int
    """Seconds since 1970, by the database's clock."""

    def precedes(self, later: "Horizon") -> bool:
        """Say whether anything was committed, or opened, until a later horizon."""
        return (self.next_transaction, self.open_transactions) != (
            later.next_transaction,
            later.open_transactions,
        )


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where the next page of a delta begins."""

    since: Horizon | None
    """What the delta began with; None is everything."""
    after_habit: UUID = _FIRST_ID
    after_day: int | None = None
    """Ordinal of the last day sent, of that habit; None while habits are sent."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """What a client has: everything until a horizon, or the pages of a delta up to a place."""

    origin: bytes
    """Of the database and the person: another's cursor says nothing here."""
    horizon: Horizon
    place: Place | None = None

    def is_in_range(self) -> bool:
        """Say whether its numbers are such as cursors have."""
        horizons = [self.horizon]
        if self.place is not None and self.place.since is not None:
            horizons.append(self.place.since)
        numbers = [
            number
            for it in horizons
            for number in (it.first_open, it.next_transaction, it.time, *it.open_transactions)
        ]
        day = self.place.after_day if self.place is not None else None
        return all(0 <= number < _MAX_NUMBER for number in numbers) and (
            day is None or 1 <= day <= date.max.toordinal()
        )

    def is_usable(self, origin: bytes, present: Horizon) -> bool:
        """Say whether the present database can tell what has changed since."""
        since = self.horizon if self.place is None else self.place.since
        if self.origin != origin or self.horizon.next_transaction > present.next_transaction:
            return False
        if since is None:
            since = self.horizon
        age = present.time - since.time
        distance = present.next_transaction - since.first_open
        lifetime = CURSOR_LIFETIME.total_seconds()
        return 0 <= distance < _COMPARABLE_TRANSACTIONS and age <= lifetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A page of what has changed."""

    full: bool = False
    """Whether it is the first page of everything: what the client has is to be dropped."""
    habits: Sequence[Habit] = ()
    check_ins: Sequence[CheckIn] = ()
    pauses: Sequence[Pause] = ()
    deleted: Sequence[tuple[DeletedKind, UUID]] = ()
    settings_changed: bool = False
    today: date
    cursor: Cursor
