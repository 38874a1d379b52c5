"""The clock: what Celery's beat wakes. Several workers may be woken at once: none waits."""

import logging
from datetime import datetime, timedelta
from typing import Protocol

from celery import shared_task
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import background
from chassis.clock import now
from chassis.database import Database
from chassis.errors import Unavailable
from services.analytics.use_cases import counting, reports

BATCH = 50
"""People at once, at most: in one transaction, with facts read once for all."""
WITHIN = timedelta(seconds=55)
"""A tick comes every minute, and is over before the next."""

_log = logging.getLogger(__name__)


class Work(Protocol):
    """Does what is due for some people, the longest waiting first; returns for how many."""

    async def __call__(self, session: AsyncSession, *, now: datetime, limit: int) -> int:
        """Do it."""


class Postpone(Protocol):
    """Has the first of those who wait for some work wait longer."""

    async def __call__(self, session: AsyncSession, *, now: datetime) -> None:
        """Do it."""


@shared_task(name="analytics.tick", ignore_result=True)
def tick() -> None:
    """Tell the reports that are due, then count the days that are over."""
    background.run(_tick(), within=WITHIN)


async def _tick() -> None:
    database = background.database("analytics")
    moment = now()
    await work_off(database, reports.tell_due_reports, reports.postpone_report, now=moment)
    await work_off(database, counting.count_days, counting.postpone_count, now=moment)


async def work_off(database: Database, work: Work, postpone: Postpone, *, now: datetime) -> int:
    """Do the work until nobody waits for it; return for how many people it was done.

    If it fails, people are taken one by one, and who makes it fail is postponed.
    """
    done, limit = 0, BATCH
    while True:
        try:
            async with database.transaction() as session:
                count = await work(session, now=now, limit=limit)
        except Unavailable:
            _log.warning("the database does not answer; the next tick goes on")
            return done
        except Exception:
            if limit == 1:
                _log.exception("postponed", extra={"work": getattr(work, "__name__", "")})
                async with database.transaction() as session:
                    await postpone(session, now=now)
            limit = 1
            continue
        done += count
        if not count:
            return done
