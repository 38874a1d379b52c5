"""Decides about reminders that are alike once for all of them, in one run."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.habits import events
from services.habits.dao import due_batches as dao
from services.habits.dao.decision_keys import DecisionKey, example_of, narrowed
from services.habits.domain.due_reminder import DecidedReminder, DecisionCache
from services.habits.domain.reminders import ReminderDecision

type Row = Any
"""A claimed reminder, as the driver returns it."""


class SharedDecisions:
    """The decisions of one run that many reminders share.

    Attributes:
        each: Decides about single reminders, as of the same moment.
        decisions: The shared ones, by their number.
    """

    def __init__(self, now: datetime) -> None:
        self.each = DecisionCache(now)
        self.decisions: list[ReminderDecision] = []
        self._event_parts: list[bytes | None] = []
        self._numbers: dict[tuple[Any, ...], int | None] = {}

    def assign(
        self, claimed: Sequence[Row], event_ids: Sequence[UUID]
    ) -> tuple[Sequence[dao.SharedWrite], Sequence[Row]]:
        """Return what to write of those that share a decision, and the others."""
        writes, others = [], []
        numbers, event_parts = self._numbers, self._event_parts
        for row, event_id in zip(claimed, event_ids, strict=True):
            key = row[dao.KEY]
            number = numbers[key] if key in numbers else self._number_of(key)
            if number is None:
                others.append(row)
                continue
            place, reminder_id, habit_id, owner_id, title, text = row[dao.OWN]
            part = event_parts[number]
            body = None
            if part is not None:
                body = part + events.reminder_bytes(owner_id, habit_id, title, text, reminder_id)
            writes.append(dao.SharedWrite(place, number, reminder_id, event_id, body))
        return writes, others

    def _number_of(self, raw: tuple[Any, ...]) -> int | None:
        """Return the number of the decision for a key that was not met before."""
        key = narrowed(DecisionKey(*raw))
        if key is None:
            number = None
        elif key in self._numbers:
            number = self._numbers[key]
        else:
            number = self._numbers[key] = self._decide(key)
        self._numbers[raw] = number
        return number

    def _decide(self, key: DecisionKey) -> int | None:
        example = example_of(key)
        decision = None if example is None else self.each.decide_for_all(example)
        if example is None or decision is None:
            return None
        to_send = DecidedReminder(example, decision).to_send
        self.decisions.append(decision)
        self._event_parts.append(None if to_send is None else events.shared_bytes(to_send))
        return len(self.decisions) - 1
