"""`python -m bench events`: what an event of a check-in costs analytics, beside COPY of its row.

Check-in events of many people wait in the queue, packed as a relay under load packs them, and one
by one as it sends them when it is idle. The consumer of analytics takes them all; its CPU time is
read from the system. Beside it the same rows go by COPY into a table with the same indexes. At the
end one person fills in ten years, and another checks in once right after: how long that one waits.

`--database-url` and `--amqp-url` name an empty database and a broker that run already; otherwise
durable private servers are started.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import aio_pika
import asyncpg
import psutil
from aio_pika.abc import AbstractExchange
from google.protobuf.timestamp_pb2 import Timestamp

from bench.harness import BenchHarness, bench_harness
from chassis.events import wire
from chassis.events.outbox import row
from chassis.ids import uuid7
from contracts.habits.v1.check_in_pb2 import MARK_DONE, SOURCE_API, CheckIn
from contracts.habits.v1.habit_events_pb2 import CheckInChanged

PEOPLE, HABITS_EACH = 500, 10
PACK = 50
KEY = "habits.check_in.changed"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN_YEARS = 3_653
GOAL_MICROSECONDS = 60


@dataclass(frozen=True)
class Servers:
    """Where the broker and the database are, and how to run a process of ours."""

    bench: BenchHarness
    exchange: AbstractExchange
    database: asyncpg.Connection[asyncpg.Record]


def habit_of(number: int) -> tuple[uuid.UUID, uuid.UUID]:
    """Return owner and id of a habit."""
    owner = uuid.UUID(f"00000000-0000-7000-8000-{number // HABITS_EACH:012x}")
    return owner, uuid.UUID(f"00000000-0000-7000-9000-{number:012x}")


def an_event(owner: uuid.UUID, habit: uuid.UUID, day: date, revision: int) -> wire.EventMessage:
    """Return the event of one check-in."""
    stamp = Timestamp()
    stamp.FromDatetime(NOON)
    check_in = CheckIn(
        habit_id=str(habit),
        check_in_date=day.isoformat(),
        mark=MARK_DONE,
        source=SOURCE_API,
        revision=revision,
        update_time=stamp,
    )
    made = row(
        CheckInChanged(owner_id=str(owner), check_in=check_in), request_id="", traceparent=""
    )
    return wire.EventMessage(made.id, made.type, NOON, "", "", made.body)


def events_of(count: int, first_day: date) -> list[wire.EventMessage]:
    """Return events of many people in the order of a busy evening: shuffled."""
    habits = PEOPLE * HABITS_EACH
    places = list(range(count))
    random.Random(7).shuffle(places)
    return [
        an_event(*habit_of(n % habits), first_day + timedelta(days=n // habits), n // habits + 1)
        for n in places
    ]


async def fill(database: asyncpg.Connection[asyncpg.Record]) -> None:
    """Make people whose totals are counted up to today, with habits."""
    numbers = range(PEOPLE * HABITS_EACH)
    await database.execute(
        """
        INSERT INTO analytics.people (owner_id, account_revision, stale_from, next_count_time)
        SELECT unnest($1::uuid[]), 1, '2026-11-23', '2026-11-24'""",
        sorted({habit_of(n)[0] for n in numbers}),
    )
    await database.execute(
        """
        INSERT INTO analytics.habits (habit_id, owner_id, revision, title, unit, measure,
            start_date, versions, reminder_times, position, create_time, hear_time)
        SELECT h, o, 1, 'Drink water', '', 'yes_no', '2026-01-01', '[]', '[]', 0, now(), now()
        FROM unnest($1::uuid[], $2::uuid[]) AS t (o, h)""",
        [habit_of(n)[0] for n in numbers],
        [habit_of(n)[1] for n in numbers],
    )


async def send(exchange: AbstractExchange, events: Sequence[wire.EventMessage], pack: int) -> None:
    """Publish events, so many in a message."""
    messages = (
        wire.to_pack(events[start : start + pack]) if pack > 1 else wire.to_message(events[start])
        for start in range(0, len(events), pack)
    )
    for several in _chunks(messages, 100):
        await asyncio.gather(*(exchange.publish(it, KEY) for it in several))


async def consume(servers: Servers, count: int) -> tuple[float, float]:
    """Run the consumer until it has handled so many more; return CPU and wall seconds."""
    before = await servers.database.fetchval("SELECT count(*) FROM analytics.inbox")
    with servers.bench.running("services.analytics", "consume") as child:
        process = psutil.Process(child.pid)
        await until(lambda: handled(servers), before + 1)  # imports are not what is measured
        begun, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
        first = await handled(servers)
        await until(lambda: handled(servers), before + count)
        wall, used = time.perf_counter() - begun, sum(process.cpu_times()[:2]) - cpu
    share = (before + count - first) / count
    return used / share, wall / share


async def handled(servers: Servers, ids: Sequence[uuid.UUID] | None = None) -> int:
    """Return how many events have been handled, of some or of all."""
    query = "SELECT count(*) FROM analytics.inbox WHERE $1::uuid[] IS NULL OR event_id = ANY($1)"
    count: int = await servers.database.fetchval(query, ids)
    return count


async def until(counted: Callable[[], Awaitable[int]], least: int) -> None:
    """Wait until a count is reached."""
    while await counted() < least:  # noqa: ASYNC110 - another process does what is waited for
        await asyncio.sleep(0.1)


async def copied(servers: Servers) -> float:
    """Return how long COPY takes for the rows that the consumer has written."""
    connection = servers.database
    rows = [tuple(it) for it in await connection.fetch("SELECT * FROM analytics.days")]
    await connection.execute("CREATE TABLE analytics.copied (LIKE analytics.days INCLUDING ALL)")
    begun = time.perf_counter()
    await connection.copy_records_to_table("copied", schema_name="analytics", records=rows)
    took = time.perf_counter() - begun
    await connection.execute("DROP TABLE analytics.copied")
    return took


async def fairness(servers: Servers) -> tuple[float, int]:
    """Return how long a single check-in waits behind ten years of another person, and for whom."""
    (ann, annas), (bob, bobs) = habit_of(0), habit_of(HABITS_EACH)
    ten_years = [
        an_event(ann, annas, date(2016, 1, 1) + timedelta(days=n), 10_000 + n)
        for n in range(TEN_YEARS)
    ]
    single = an_event(bob, bobs, date(2026, 11, 23), 10_000)
    with servers.bench.running("services.analytics", "consume"):
        await asyncio.sleep(3)
        await send(servers.exchange, ten_years, PACK)
        begun = time.perf_counter()
        await send(servers.exchange, [single], 1)
        await until(lambda: handled(servers, [single.id]), 1)
        waited = time.perf_counter() - begun
        ids = [it.id for it in ten_years]
        before = await handled(servers, ids)
        await until(lambda: handled(servers, ids), TEN_YEARS)
    return waited, TEN_YEARS - before


async def measure(servers: Servers, count: int) -> None:
    """Print the figures."""
    await fill(servers.database)
    singles = max(count // 10, 1_000)
    for name, events, pack in (
        (f"{count:,} packed by {PACK}", events_of(count, date(2026, 1, 1)), PACK),
        (f"{singles:,} one by one", events_of(singles, date(2025, 1, 1)), 1),
    ):
        await send(servers.exchange, events, pack)
        cpu, wall = await consume(servers, len(events))
        each = cpu / len(events) * 1e6
        print(
            f"{name:28} {each:8.1f} µs CPU an event   {len(events) / wall:9,.0f} events/s"
            f"   (goal ≤ {GOAL_MICROSECONDS} µs)"
        )
    rows = await servers.database.fetchval("SELECT count(*) FROM analytics.days")
    took = await copied(servers)
    print(f"{'COPY of the same rows':28} {took / rows * 1e6:8.1f} µs a row, wall")
    waited, behind = await fairness(servers)
    print(
        f"behind another's {TEN_YEARS:,} days a single check-in waits {waited * 1000:.0f} ms"
        f" (goal ≤ 1,000 ms); {behind:,} of the others were handled after it"
    )


def _chunks[T](items: Iterable[T], size: int) -> Iterable[list[T]]:
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def run(count: int, database_url: str, amqp_url: str) -> None:
    """Find or start servers, and measure."""
    async with AsyncExitStack() as stack:
        if database_url:
            environment = os.environ | {"DATABASE_URL": database_url, "AMQP_URL": amqp_url}
            environment |= {"AMQP_PREFIX": f"bench{uuid7().hex[-6:]}.", "JWKS_FILE": os.devnull}
            bench = BenchHarness(environment, Path(mkdtemp(prefix="habits-bench-")), key=None)  # type: ignore[arg-type]
        else:
            bench = await stack.enter_async_context(bench_harness())
        bench.run("services.analytics", "migrate")
        broker = await stack.enter_async_context(
            await aio_pika.connect(bench.environment["AMQP_URL"])
        )
        channel = await broker.channel()
        prefix = bench.environment.get("AMQP_PREFIX", "")
        exchange = await channel.get_exchange(f"{prefix}events")
        database = await asyncpg.connect(bench.environment["DATABASE_URL"])
        stack.push_async_callback(database.close)
        await measure(Servers(bench, exchange, database), count)


def main(arguments: list[str]) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench events")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--amqp-url", default="")
    options = parser.parse_args(arguments)
    if bool(options.database_url) != bool(options.amqp_url):
        sys.exit("--database-url and --amqp-url go together")
    asyncio.run(run(options.count, options.database_url, options.amqp_url))
