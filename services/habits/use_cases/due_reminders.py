"""The tick: everything whose moment has come rings, waits, is missed, or falls silent."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from chassis.database import Connection, Database
from services.habits import events
from services.habits.dao import due as dao
from services.habits.domain.due import Look

_HANDS = 2
"""Batches in work at once: while one is written, the other is decided on."""
_MOST_BATCHES = 30
"""Of one hand in one tick; what is still due then waits for the next one."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a tick did."""

    looked_count: int = 0
    rang_count: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(self.looked_count + other.looked_count, self.rang_count + other.rang_count)


async def remind_due(database: Database, *, now: datetime) -> Tally:
    """Look at everything whose moment has come, in batches of one transaction each.

    A batch is claimed, decided on and written, or none of it is: a crash between loses nothing and
    repeats nothing. Several ticks at once share what is due.
    """
    async with database.connection() as connection:
        tally = await _look_at_batch(connection, now)
    if tally.looked_count < dao.BATCH:
        return tally
    async with asyncio.TaskGroup() as hands:
        others = [hands.create_task(_look_until_done(database, now)) for _ in range(_HANDS)]
    for hand in others:
        tally = tally.plus(hand.result())
    return tally


async def forget_firings(database: Database, *, now: datetime) -> int:
    """Delete what rang too long ago for anybody to ask; return how much that was."""
    async with database.connection() as connection:
        return await dao.forget_firings(connection, now=now)


async def _look_until_done(database: Database, now: datetime) -> Tally:
    tally = Tally()
    async with database.connection() as connection:
        for _ in range(_MOST_BATCHES):
            batch = await _look_at_batch(connection, now)
            tally = tally.plus(batch)
            if batch.looked_count < dao.BATCH:
                break
    return tally


async def _look_at_batch(connection: Connection, now: datetime) -> Tally:
    async with connection.transaction():
        batch = await dao.claim_due(connection, now=now)
        if not batch:
            return Tally()
        looks = [Look(due, due.decide(now)) for due in batch]
        rings = [ring for look in looks if (ring := look.ring) is not None]
        told = {ring.due.reminder_id: events.habit_reminder_due(ring) for ring in rings}
        rang = await dao.write_looks(connection, looks, told, now=now)
        return Tally(len(batch), rang)
