"""The periodic task of reminders: everything due is sent, postponed, missed or dropped."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from chassis.database import Connection, Database
from services.habits import events
from services.habits.dao import due_reminders as dao
from services.habits.dao import reminder_leader
from services.habits.domain.due_reminder import DecidedReminder, DecisionCache

_MAX_BATCHES = 30
"""Of one connection in one run; what is still due then waits for the next run. Two work at once."""


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
    repeats nothing. One process does this at a time; a run that finds another leading ends at once.
    """
    async with database.connection() as connection:
        if not await reminder_leader.try_to_lead(connection):
            return TickResult()
        try:
            return await _lead(database, connection, now)
        finally:
            if not connection.is_closed():
                await reminder_leader.stop_leading(connection)


async def delete_old_firings(database: Database, *, now: datetime) -> int:
    """Delete firings older than their retention; return how many."""
    async with database.connection() as connection:
        return await dao.delete_old_firings(connection, now=now)


async def _lead(database: Database, connection: Connection, now: datetime) -> TickResult:
    decisions = DecisionCache(now)
    result = await _process_batch(connection, decisions, now)
    if result.checked_count < dao.BATCH:
        return result

    async def help_out() -> TickResult:
        async with database.connection() as another:
            return await _process_until_done(another, decisions, now)

    async with asyncio.TaskGroup() as group:
        helper = group.create_task(help_out())
        mine = await _process_until_done(connection, decisions, now)
    return result.plus(mine).plus(helper.result())


async def _process_until_done(
    connection: Connection, decisions: DecisionCache, now: datetime
) -> TickResult:
    result = TickResult()
    for _ in range(_MAX_BATCHES):
        batch = await _process_batch(connection, decisions, now)
        result = result.plus(batch)
        if batch.checked_count < dao.BATCH:
            break
    return result


async def _process_batch(
    connection: Connection, decisions: DecisionCache, now: datetime
) -> TickResult:
    async with connection.transaction():
        await reminder_leader.limit_silence(connection)
        batch = await dao.claim_due(connection, now=now)
        if not batch:
            return TickResult()
        all_decided = [DecidedReminder(due, decisions.decide(due)) for due in batch]
        reminders = [it for decided in all_decided if (it := decided.to_send) is not None]
        events_by_reminder = {it.due.reminder_id: events.habit_reminder_due(it) for it in reminders}
        sent_count = await dao.write_decided(connection, all_decided, events_by_reminder, now=now)
        return TickResult(len(batch), sent_count)
