"""The tick: everything whose moment has come rings, waits, is missed, or falls silent."""

from dataclasses import dataclass
from datetime import datetime

from chassis.database import Database
from services.habits import events
from services.habits.dao import due as dao
from services.habits.domain.due import Look

_MOST_BATCHES = 60
"""Of one tick; what is still due then waits for the next one."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a tick did."""

    looked_count: int = 0
    rang_count: int = 0

    def plus(self, looked: int, rang: int) -> "Tally":
        """Return the tally with a batch more."""
        return Tally(self.looked_count + looked, self.rang_count + rang)


async def remind_due(database: Database, *, now: datetime) -> Tally:
    """Look at everything whose moment has come, in batches of one transaction each.

    A batch is claimed, decided on and written, or none of it is: a crash between loses nothing and
    repeats nothing. Several ticks at once share what is due.
    """
    tally = Tally()
    async with database.connection() as connection:
        for _ in range(_MOST_BATCHES):
            async with connection.transaction():
                batch = await dao.claim_due(connection, now=now)
                if not batch:
                    return tally
                looks = [Look(due, due.decide(now)) for due in batch]
                rings = [ring for look in looks if (ring := look.ring) is not None]
                told = [(ring, events.habit_reminder_due(ring)) for ring in rings]
                rang = await dao.write_looks(connection, looks, told, now=now)
            tally = tally.plus(len(batch), rang)
            if len(batch) < dao.BATCH:
                return tally
    return tally


async def forget_firings(database: Database, *, now: datetime) -> int:
    """Delete what rang too long ago for anybody to ask; return how much that was."""
    async with database.connection() as connection:
        return await dao.forget_firings(connection, now=now)
