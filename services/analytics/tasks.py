"""Periodic tasks, started by Celery beat. Several workers may run at once: none waits."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from celery import shared_task
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import background
from chassis.clock import now
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.settings import read
from contracts.habits.v1.check_in_service_pb2 import ExportCheckInsRequest
from services.analytics.domain.habit import ExportChunk
from services.analytics.habits_export import open_export
from services.analytics.settings import CheckSettings
from services.analytics.translate.export import chunk_from_wire
from services.analytics.use_cases import daily_totals, read_model_check, reports

BATCH = 50
"""People at once, at most: in one transaction, with facts read once for all."""
COUNT_BATCH = 200
"""Likewise of people whose totals are counted, which takes milliseconds for each."""
COUNTERS = 2
"""Batches of people who are counted at once, each on a connection of its own."""
CHECK_WITHIN = timedelta(seconds=110)
EXPORT_SECONDS = 30.0
DELETE_BATCH = 5_000
"""Rows at once, at most: in one short transaction."""
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
def tick(most: int | None = None) -> None:
    """Publish the reports that are due, then recompute the totals of closed days.

    Args:
        most: For so many people at most, of each; all who are due when left out.
    """
    background.run(_tick(most), within=WITHIN)


@shared_task(name="analytics.delete_expired", ignore_result=True)
def delete_expired() -> None:
    """Delete what is no longer looked at: outcomes of reports of long ago."""
    background.run(_delete_expired(), within=WITHIN)


@shared_task(name="analytics.check_read_model", ignore_result=True)
def check_read_model() -> None:
    """Compare some people's read model with the habits service, once a day, and repair it."""
    background.run(_check_read_model(read(CheckSettings)), within=CHECK_WITHIN)


async def _check_read_model(settings: CheckSettings) -> None:
    if not settings.delegation_secret:
        return
    async with open_export(
        auth_target=settings.auth_target,
        habits_target=settings.habits_target,
        delegation_secret=settings.delegation_secret,
        tls=settings.tls_files,
    ) as habits:

        async def export(owner_id: UUID) -> AsyncIterator[ExportChunk]:
            request = ExportCheckInsRequest(owner_id=str(owner_id))
            async for message in habits.ExportCheckIns(request, timeout=EXPORT_SECONDS):
                yield chunk_from_wire(message)

        drift = await read_model_check.check_some(background.database("analytics"), export, now=now)
    _log.info("checked the read model", extra={"drift_rows": drift})


async def _tick(most: int | None) -> None:
    database = background.database("analytics")
    moment = now()
    await run_until_idle(
        database, reports.publish_due_reports, reports.postpone_report, now=moment, most=most
    )
    await count_due(database, now=moment, most=most)


async def _delete_expired() -> None:
    database, deleted = background.database("analytics"), 0
    while True:
        async with database.transaction() as session:
            count = await reports.delete_expired_turns(session, now=now(), limit=DELETE_BATCH)
        deleted += count
        if count < DELETE_BATCH:
            break
    _log.info("deleted expired rows", extra={"count": deleted})


async def count_due(database: Database, *, now: datetime, most: int | None = None) -> int:
    """Recompute the totals of people who are due; return of how many.

    Two batches at once: while the database reads and writes for one, the other is counted.
    """
    job, postpone = daily_totals.recompute_totals, daily_totals.postpone_recompute
    counters = COUNTERS if most is None else 1
    counted = await asyncio.gather(
        *(
            run_until_idle(database, job, postpone, now=now, most=most, batch=COUNT_BATCH)
            for _ in range(counters)
        )
    )
    return sum(counted)


async def run_until_idle(
    database: Database,
    job: PeriodicJob,
    postpone: PostponeJob,
    *,
    now: datetime,
    most: int | None = None,
    batch: int = BATCH,
) -> int:
    """Run the job until nobody is due; return for how many people it ran.

    If it fails, people are taken one by one, and the one who makes it fail is postponed.
    """
    done, limit = 0, batch
    while most is None or done < most:
        try:
            async with database.transaction() as session:
                left = limit if most is None else min(limit, most - done)
                count = await job(session, now=now, limit=left)
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
            break
        if limit > 1:  # a job that takes fewer at once has read the others in vain
            limit = min(batch, count + count // 4 + 1)
    return done
