"""The periodic task of reminders: everything due is sent, postponed, missed or dropped."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from chassis.database import Connection, Database
from services.habits import events
from services.habits.dao import due_reminders as dao
from services.habits.domain.due_reminder import DecidedReminder

_WORKERS = 2
"""Batches processed at once: while one is written, the other is decided on."""
_MAX_BATCHES = 30
"""Of one worker in one run; what is still due then waits for the next run."""


@dataclass(frozen=True, slots=True)
class TickResult:
    """How many reminders one run checked and sent."""

    checked_count: int = 0
    sent_count: int = 0

    def plus(self, other: "TickResult") -> "TickResult":
        """Return both together."""
        return TickResult(
            self.checked_count + other.checked_count, self.sent_count + other.sent_count
        )


async def remind_due(database: Database, *, now: datetime) -> TickResult:
    """Process everything that is due, in batches of one transaction each.

    A batch is claimed, decided on and written, or none of it is: a crash between loses nothing and
    repeats nothing. Several ticks at once share what is due.
    """
    async with database.connection() as connection:
        result = await _process_batch(connection, now)
    if result.checked_count < dao.BATCH:
        return result
    async with asyncio.TaskGroup() as workers:
        others = [workers.create_task(_process_until_done(database, now)) for _ in range(_WORKERS)]
    for worker in others:
        result = result.plus(worker.result())
    return result


async def delete_old_firings(database: Database, *, now: datetime) -> int:
    """Delete firings older than their retention; return how many."""
    async with database.connection() as connection:
        return await dao.delete_old_firings(connection, now=now)


async def _process_until_done(database: Database, now: datetime) -> TickResult:
    result = TickResult()
    async with database.connection() as connection:
        for _ in range(_MAX_BATCHES):
            batch = await _process_batch(connection, now)
            result = result.plus(batch)
            if batch.checked_count < dao.BATCH:
                break
    return result


async def _process_batch(connection: Connection, now: datetime) -> TickResult:
    async with connection.transaction():
        batch = await dao.claim_due(connection, now=now)
        if not batch:
            return TickResult()
        all_decided = [DecidedReminder(due, due.decide(now)) for due in batch]
        reminders = [to_send for decided in all_decided if (to_send := decided.to_send) is not None]
        events_by_reminder = {
            to_send.due.reminder_id: events.habit_reminder_due(to_send) for to_send in reminders
        }
        sent_count = await dao.write_decided(connection, all_decided, events_by_reminder, now=now)
        return TickResult(len(batch), sent_count)
