"""The clock: one function per occasion, called by a Celery worker."""

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
_CLEARING = timedelta(minutes=5)
_log = logging.getLogger(__name__)
_ticking = asyncio.Lock()


@shared_task(name="habits.remind_due", ignore_result=True)
def remind_due() -> None:
    """Remind whoever is due. A tick that finds another under way leaves the work to it."""
    background.run(_remind_due(), within=_TICK)


@shared_task(name="habits.forget_firings", ignore_result=True)
def delete_old_firings() -> None:
    """Clear away what rang long ago."""
    background.run(_delete_old_firings(), within=_CLEARING)


async def _remind_due() -> None:
    if _ticking.locked():
        return
    async with _ticking:
        with use_context(RequestContext(request_id=str(uuid7()))):
            result = await due_reminders.remind_due(background.database("habits"), now=now())
    if result.checked_count:
        counts = {"looked": result.checked_count, "rang": result.sent_count}
        _log.info("reminded", extra=counts)


async def _delete_old_firings() -> None:
    count = await due_reminders.delete_old_firings(background.database("habits"), now=now())
    _log.info("forgot what rang long ago", extra={"count": count})
