"""State versions: whether answers that were computed before are what would be answered now."""

from datetime import date, datetime, timedelta
from hashlib import blake2b

import msgspec

from rhythm.days import is_at_risk
from services.habits.domain.people import Person

_DIGEST_BYTES = 12
_COMPARABLE_TRANSACTIONS = 1 << 31
"""Rows carry 32 bits of their transaction's number: within this distance they are unambiguous."""
_DAYS_AHEAD = 3
"""Of the days from today on, only the first ones can end within 24 hours."""


class StateVersion(msgspec.Struct, frozen=True, array_like=True):
    """Everything that the answers to one person are computed from, as of a moment."""

    digest: bytes
    """Of the database, the person and their settings, their today, and what it brings near."""
    first_open: int
    """Transactions from this one on may not have been committed: their rows are changes."""


class PresentState(msgspec.Struct, frozen=True):
    """What the database says of one person now."""

    origin: bytes
    """Of the database; a restored or promoted one has another."""
    person: Person
    habit_count: int
    first_open: int
    """The first transaction that is open, or has not begun."""
    next_transaction: int
    transactions_since: int
    """How many transactions ago the last row of this person was written."""

    def is_unchanged_since(self, version: StateVersion, digest: bytes) -> bool:
        """Say whether all rows were there, as they are, when a version was current."""
        window = self.next_transaction - version.first_open
        return (
            version.digest == digest
            and 0 <= window < _COMPARABLE_TRANSACTIONS
            and self.transactions_since > window
        )


def digest_of(state: PresentState, now: datetime) -> bytes:
    """Return the digest of what answers depend on beside the rows of habits and days."""
    person = state.person
    today = person.today(now)
    ends_soon = sum(
        is_at_risk(person.end_of_day(today + timedelta(days=ahead)), now)
        for ahead in range(_DAYS_AHEAD)
        if today <= date.max - timedelta(days=_DAYS_AHEAD)
    )
    parts = (state.origin.hex(), state.habit_count, today, ends_soon, person)
    return blake2b(repr(parts).encode(), digest_size=_DIGEST_BYTES).digest()
