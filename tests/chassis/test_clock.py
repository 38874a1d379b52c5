import asyncio
import time
from datetime import UTC, datetime, timedelta

from chassis.clock import ManualClock, now, sleep_or_stop

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)


def test_a_wound_clock_stands_still_until_it_is_wound() -> None:
    clock = ManualClock(NEW_YEAR)
    assert clock() == clock() == NEW_YEAR
    assert clock.advance(timedelta(days=1)) == clock() == datetime(2026, 1, 2, tzinfo=UTC)
    clock.set(NEW_YEAR)
    assert clock() == NEW_YEAR


async def test_a_sleep_ends_when_told_to_stop() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, stop.set)
    started = time.monotonic()
    await sleep_or_stop(30, stop)
    assert time.monotonic() - started < 5


async def test_a_sleep_that_nobody_stops_ends_by_itself() -> None:
    await sleep_or_stop(0.01, asyncio.Event())
