"""The periodic task of reminders: everything due is sent, postponed, missed or dropped."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.context import current_context
from chassis.database import Connection, Database
from chassis.ids import list_uuid7
from services.habits import events
from services.habits.dao import due_batches, reminder_leader
from services.habits.dao import due_reminders as dao
from services.habits.domain.due_reminder import DecidedReminder
from services.habits.use_cases.shared_decisions import Row, SharedDecisions

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
        if not await due_batches.is_any_due(connection, now=now):
            return TickResult()
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
    decisions = SharedDecisions(now)
    many_due = asyncio.Event()

    async def help_out() -> TickResult:
        await many_due.wait()
        async with database.connection() as another:
            return await _process_until_done(another, decisions, many_due, now)

    async with asyncio.TaskGroup() as group:
        helper = group.create_task(help_out())
        result = await _process_until_done(connection, decisions, many_due, now)
        if not many_due.is_set():
            helper.cancel()
    return result if helper.cancelled() else result.plus(helper.result())


async def _process_until_done(
    connection: Connection, decisions: SharedDecisions, many_due: asyncio.Event, now: datetime
) -> TickResult:
    result = TickResult()
    for _ in range(_MAX_BATCHES):
        batch = await _process_batch(connection, decisions, many_due, now)
        result = result.plus(batch)
        if batch.checked_count < due_batches.BATCH:
            break
    return result


async def _process_batch(
    connection: Connection, decisions: SharedDecisions, many_due: asyncio.Event, now: datetime
) -> TickResult:
    async with connection.transaction():
        await reminder_leader.limit_silence(connection)
        claimed = await due_batches.claim(connection, now=now)
        if not claimed:
            return TickResult()
        if len(claimed) >= due_batches.BATCH:
            many_due.set()
        writes, others = decisions.assign(claimed, list_uuid7(len(claimed)))
        sent_count = 0
        if writes:
            cause = current_context()
            origin = cause.request_id, cause.traceparent
            common = events.REMINDER_TYPE, events.REMINDER_ROUTING_KEY, *origin
            sent_count += await due_batches.write_shared(
                connection, writes, decisions.decisions, common, now=now
            )
        if others:
            sent_count += await _process_each(connection, others, decisions, now)
        return TickResult(len(claimed), sent_count)


async def _process_each(
    connection: Connection, claimed: Sequence[Row], decisions: SharedDecisions, now: datetime
) -> int:
    """Read claimed reminders whole, decide about each, and return how many were sent."""
    batch = await dao.list_due(connection, claimed)
    all_decided = [DecidedReminder(due, decisions.each.decide(due)) for due in batch]
    reminders = [it for decided in all_decided if (it := decided.to_send) is not None]
    events_by_reminder = {it.due.reminder_id: events.habit_reminder_due(it) for it in reminders}
    return await dao.write_decided(connection, all_decided, events_by_reminder, now=now)
