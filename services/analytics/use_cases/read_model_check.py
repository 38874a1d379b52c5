"""The nightly check: compares people's read model with habits' export, and repairs it.

People take turns by their ids, so that after some nights everybody was compared. A difference
counts only if it is still the same a moment later: an event that is on its way is no drift.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock
from chassis.database import Database
from services.analytics.dao import read_model_checks
from services.analytics.domain.habit import ExportChunk
from services.analytics.domain.read_model_check import rows_of_export
from services.analytics.use_cases import rebuild

SAMPLE = 200
"""People compared in a night, at most."""
TOGETHER = 50
"""People compared at once: between comparing them twice is one wait for all."""
MOST_SECONDS = 30.0
"""After so long no more people are begun with."""
SETTLE_SECONDS = 5.0
"""How long an event may be on its way."""
ABANDONED = timedelta(minutes=5)
"""After so long without progress the check of a day is gone on with by another process."""
FIRST_ID = UUID(int=0)
DRIFT_ROWS = Gauge(
    "analytics_read_model_drift_rows",
    "Rows of the read model that differed from habits and were repaired, in all checks.",
)
CHECKED_PEOPLE = Gauge(
    "analytics_read_model_checked_people", "People whose read model was compared, in all checks."
)
CHECK_TIME = Gauge(
    "analytics_read_model_check_timestamp_seconds", "When a person was compared last."
)

type Export = Callable[[UUID], AsyncIterator[ExportChunk]]
"""Reads one person's export."""

_log = logging.getLogger(__name__)


async def check_some(
    database: Database, export: Export, *, now: Clock, sample: int = SAMPLE
) -> int:
    """Compare people's read model with the truth, once a day, and repair it.

    Returns:
        In how many rows they differed.
    """
    day = now().date()
    async with database.transaction() as session:
        abandoned = now() - ABANDONED
        claimed = await read_model_checks.claim_check(session, day, now=now(), abandoned=abandoned)
        if claimed is None:
            return 0
        limit = sample - claimed.people_count
        owners = list(
            await read_model_checks.list_owners(session, after=claimed.after_owner_id, limit=limit)
        )
        if len(owners) < limit:  # the first follow the last
            more = await read_model_checks.list_owners(session, after=FIRST_ID, limit=limit)
            owners += [it for it in more if it <= claimed.after_owner_id][: limit - len(owners)]
    total, begun = 0, time.monotonic()
    for some in batched(owners, TOGETHER):
        if time.monotonic() - begun > MOST_SECONDS:
            break  # the others have their turn in the next night
        found = await check_people(database, export, some, now=now)
        total += sum(found.values())
        async with database.transaction() as session:
            await read_model_checks.update_check(
                session, day, some[-1], people=len(some), drift=sum(found.values()), now=now()
            )
    async with database.transaction() as session:
        await read_model_checks.mark_done(session, day)
    return total


async def check_people(
    database: Database, export: Export, owner_ids: Sequence[UUID], *, now: Clock
) -> dict[UUID, int]:
    """Compare people's read models with the truth, and repair them.

    Returns:
        By person who differed, in how many rows.
    """
    before = {it: await _differences(database, export, it) for it in owner_ids}
    before = {owner_id: rows for owner_id, rows in before.items() if rows}
    if before:
        await asyncio.sleep(SETTLE_SECONDS)
    drift: dict[UUID, int] = {}
    for owner_id, rows in before.items():
        after = await _differences(database, export, owner_id)
        if count := sum(row in rows and rows[row] == after[row] for row in after):
            drift[owner_id] = count
            _log.warning(
                "the read model differed from habits; it is made anew",
                extra={"owner_id": str(owner_id), "rows": count},
            )
            await rebuild_person(database, export, owner_id, now=now())
    return drift


async def rebuild_person(
    database: Database, export: Export, owner_id: UUID, *, now: datetime
) -> None:
    """Make one person's read model anew."""
    async with database.transaction() as session:
        began = await rebuild.begin(session)
    await rebuild.copy_export(database, export(owner_id), began=began)
    async with database.transaction() as session:
        await rebuild.finish(session, owner_id, began=began, now=now)


async def report_drift(session: AsyncSession) -> None:
    """Set the metrics to what all checks have found."""
    totals = await read_model_checks.count_checks(session)
    DRIFT_ROWS.set(totals.drift_count)
    CHECKED_PEOPLE.set(totals.people_count)
    if totals.last_time is not None:
        CHECK_TIME.set(totals.last_time.timestamp())


async def _differences(database: Database, export: Export, owner_id: UUID) -> dict[object, object]:
    truth = rows_of_export([chunk async for chunk in export(owner_id)])
    async with database.transaction() as session:
        stored = await read_model_checks.read_owner_rows(session, owner_id)
    return dict(stored.differences(truth))
