"""Periodic tasks, started by Celery beat. Several workers may run at once: none waits."""

import logging
from datetime import datetime, timedelta
from typing import Protocol

from celery import shared_task
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import background
from chassis.clock import now
from chassis.database import Database
from chassis.errors import Unavailable
from services.analytics.use_cases import daily_totals, reports

BATCH = 50
"""People at once, at most: in one transaction, with facts read once for all."""
WITHIN = timedelta(seconds=55)
"""A tick comes every minute, and is over before the next."""

_log = logging.getLogger(__name__)


class PeriodicJob(Protocol):
    """Processes some of the people who are due, the longest waiting first; returns how many."""

    async def __call__(self, session: AsyncSession, *, now: datetime, limit: int) -> int:
        """Do it."""


class PostponeJob(Protocol):
    """Postpones the person who is first in the queue."""

    async def __call__(self, session: AsyncSession, *, now: datetime) -> None:
        """Do it."""


@shared_task(name="analytics.tick", ignore_result=True)
def tick() -> None:
    """Publish the reports that are due, then recompute the totals of closed days."""
    background.run(_tick(), within=WITHIN)


async def _tick() -> None:
    database = background.database("analytics")
    moment = now()
    await run_until_idle(database, reports.publish_due_reports, reports.postpone_report, now=moment)
    await run_until_idle(
        database, daily_totals.recompute_totals, daily_totals.postpone_recompute, now=moment
    )


async def run_until_idle(
    database: Database, job: PeriodicJob, postpone: PostponeJob, *, now: datetime
) -> int:
    """Run the job until nobody is due; return for how many people it ran.

    If it fails, people are taken one by one, and the one who makes it fail is postponed.
    """
    done, limit = 0, BATCH
    while True:
        try:
            async with database.transaction() as session:
                count = await job(session, now=now, limit=limit)
        except Unavailable:
            _log.warning("the database does not answer; the next tick goes on")
            return done
        except Exception:
            if limit == 1:
                _log.exception("postponed", extra={"job": getattr(job, "__name__", "")})
                async with database.transaction() as session:
                    await postpone(session, now=now)
            limit = 1
            continue
        done += count
        if not count:
            return done
