"""No value of a statement is logged: whatever PostgreSQL or a driver refuses."""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import text

from chassis import telemetry
from chassis.database import Database
from chassis.redaction import describe

CANARY = "canary-4711"
CANARY_NUMBER = 471147114711
INSERT = "INSERT INTO sample.things VALUES"
log = logging.getLogger("test")

type Fails = Callable[[Database], Awaitable[object]]


def orm(statement: str, **values: object) -> Fails:
    async def run(database: Database) -> None:
        async with database.transaction() as session:
            await session.execute(text(f"{INSERT} (1, '{CANARY}') ON CONFLICT DO NOTHING"))
            await session.execute(text(statement), values)

    return run


def driver(statement: str, *values: object) -> Fails:
    async def run(database: Database) -> None:
        async with database.connection() as connection, connection.transaction():
            await connection.execute(f"{INSERT} (1, $1)", CANARY)
            await connection.execute(statement, *values)

    return run


FAILURES: dict[str, Fails] = {
    "a unique key, by SQLAlchemy": orm(f"{INSERT} (1, :word)", word=CANARY),
    "a missing value, by SQLAlchemy": orm(f"{INSERT} (NULL, :word)", word=CANARY),
    "text with U+0000, by SQLAlchemy": orm(f"{INSERT} (2, :word)", word=f"{CANARY}\0"),
    "an integer out of range, by SQLAlchemy": orm(f"{INSERT} (:id, 'x')", id=CANARY_NUMBER),
    "a wrong cast, by SQLAlchemy": orm("SELECT CAST(word AS uuid) FROM sample.things"),
    "a lone surrogate, by SQLAlchemy": orm(f"{INSERT} (2, :word)", word=f"{CANARY}\ud800"),
    "a unique key, by asyncpg": driver(f"{INSERT} (1, $1)", CANARY),
    "a missing value, by asyncpg": driver(f"{INSERT} (NULL, $1)", CANARY),
    "text with U+0000, by asyncpg": driver(f"{INSERT} (2, $1)", f"{CANARY}\0"),
    "an integer out of range, by asyncpg": driver(f"{INSERT} ($1, 'x')", CANARY_NUMBER),
    "an argument of a wrong type, by asyncpg": driver(f"{INSERT} ($1, 'x')", CANARY),
    "an argument that is no id, by asyncpg": driver("SELECT $1::uuid", CANARY),
    "a wrong cast, by asyncpg": driver("SELECT word::uuid FROM sample.things"),
    "a lone surrogate, by asyncpg": driver(f"{INSERT} (2, $1)", f"{CANARY}\ud800"),
}


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Restore the root logger, which pytest uses too."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_failed_statement_is_logged_without_its_values(
    database: Database, capsys: pytest.CaptureFixture[str], failure: str
) -> None:
    telemetry.configure_logs("sample")
    try:
        await FAILURES[failure](database)
    except Exception as error:
        log.exception("failed: %s", error, extra={"cause": error, "why": describe(error)})
    else:
        pytest.fail("the statement did not fail")
    logged = capsys.readouterr().err
    (line,) = map(json.loads, logged.splitlines())
    assert line["exception"].startswith("Traceback")
    assert CANARY not in logged.replace(__file__, "")
    assert str(CANARY_NUMBER) not in logged


async def test_which_constraint_failed_is_logged(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.configure_logs("sample")
    try:
        await FAILURES["a unique key, by SQLAlchemy"](database)
    except Exception:
        log.exception("failed")
    logged = capsys.readouterr().err
    assert "23505" in logged
    assert "constraint_name=things_pkey" in logged


async def test_exceptions_in_a_group_are_redacted(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.configure_logs("sample")
    errors = []
    for failure in FAILURES.values():
        try:
            await failure(database)
        except Exception as error:
            errors.append(error)
    try:
        raise ExceptionGroup("several", errors)
    except ExceptionGroup:
        log.exception("failed")
    assert CANARY not in capsys.readouterr().err


def test_other_exceptions_are_logged_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logs("sample")
    try:
        raise LookupError("the reason") from OSError("the cause")
    except LookupError as error:
        log.exception("failed: %s", error)
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line["message"] == "failed: LookupError: the reason"
    assert "LookupError: the reason" in line["exception"]
    assert "OSError: the cause" in line["exception"]
