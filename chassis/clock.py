"""The clock: entry points read it and pass `now` on; nothing below an entry point reads a clock."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

type Clock = Callable[[], datetime]
"""Returns the present moment: aware, in UTC."""


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


class ManualClock:
    """A clock for tests that stands still until it is advanced. Call it like `now`."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def __call__(self) -> datetime:
        """Return the moment the clock shows."""
        return self._moment

    def advance(self, by: timedelta) -> datetime:
        """Move the clock by a span and return what it shows then."""
        self._moment += by
        return self._moment

    def set(self, moment: datetime) -> None:
        """Make the clock show this moment."""
        self._moment = moment.astimezone(UTC)


async def sleep_or_stop(seconds: float, stop: asyncio.Event) -> None:
    """Sleep, but return at once when `stop` is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
