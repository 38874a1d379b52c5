"""Periodic tasks, called by a Celery worker."""

import asyncio
import logging
from datetime import timedelta

from celery import shared_task

from chassis import background
from chassis.clock import now
from chassis.context import RequestContext, use_context
from chassis.ids import uuid7
from services.habits.use_cases import due_reminders

_TICK = timedelta(seconds=30)
_DELETION = timedelta(minutes=5)
_log = logging.getLogger(__name__)
_ticking = asyncio.Lock()


@shared_task(name="habits.remind_due", ignore_result=True)
def remind_due() -> None:
    """Send due reminders. A run that finds another under way leaves the work to it."""
    background.run(_remind_due(), within=_TICK)


@shared_task(name="habits.delete_old_firings", ignore_result=True)
def delete_old_firings() -> None:
    """Delete old firings."""
    background.run(_delete_old_firings(), within=_DELETION)


async def _remind_due() -> None:
    if _ticking.locked():
        return
    async with _ticking:
        with use_context(RequestContext(request_id=str(uuid7()))):
            result = await due_reminders.remind_due(background.database("habits"), now=now())
    if result.checked_count:
        counts = {"checked": result.checked_count, "sent": result.sent_count}
        _log.info("reminded", extra=counts)


async def _delete_old_firings() -> None:
    count = await due_reminders.delete_old_firings(background.database("habits"), now=now())
    _log.info("deleted old firings", extra={"count": count})
