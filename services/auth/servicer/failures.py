"""Failed sign-ins and stolen refresh tokens in the audit log of the account they were tried at."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.clock import Clock
from chassis.database import Database
from chassis.errors import Unavailable
from services.auth.domain.client import ClientInfo
from services.auth.domain.errors import CredentialsWrong, RefreshTokenReused
from services.auth.use_cases.account_events import record_failure

_log = logging.getLogger(__name__)


class FailureLog:
    """Records a failure after it was answered, so that the time of the answer tells nothing.

    Each entry has a transaction of its own: that of the refused call is rolled back.
    """

    def __init__(self, database: Database, *, now: Clock) -> None:
        self._database = database
        self._now = now
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def recording(self, client: ClientInfo) -> AsyncIterator[None]:
        """Record how the block fails, where an account is known that it was tried at."""
        try:
            yield
        except (CredentialsWrong, RefreshTokenReused) as refusal:
            task = asyncio.create_task(self._record(refusal, client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            raise

    async def close(self) -> None:
        """Finish what is being recorded."""
        await asyncio.gather(*self._tasks)

    async def _record(
        self, refusal: CredentialsWrong | RefreshTokenReused, client: ClientInfo
    ) -> None:
        try:
            async with self._database.transaction() as session:
                await record_failure(session, refusal, client, now=self._now())
        except Unavailable:
            _log.warning("a failed sign-in was not recorded: the database does not answer")
