from datetime import UTC, datetime

import pytest

from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.events import outbox
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered
from tests.chassis.sample.tables import OUTBOX


async def test_an_event_leaves_with_its_transaction(database: Database) -> None:
    event = UserDeleted(account_id="a1")
    with use_context(RequestContext(request_id="r1", traceparent="t1")):
        async with database.transaction() as session:
            await outbox.add(session, OUTBOX, event)
    async with database.connection() as connection:
        (row,) = await connection.fetch("SELECT * FROM sample.outbox")
    assert UserDeleted.FromString(row["body"]) == event
    assert row["type"] == "contracts.auth.v1.UserDeleted"
    assert row["routing_key"] == "auth.user.deleted"
    assert (row["request_id"], row["traceparent"]) == ("r1", "t1")
    assert row["publish_time"] is None
    assert (datetime.now(UTC) - row["create_time"]).total_seconds() < 60


async def publish_and_fail(database: Database) -> None:
    async with database.transaction() as session:
        await outbox.add(session, OUTBOX, UserDeleted(account_id="a1"))
        raise LookupError


async def test_or_it_never_leaves(database: Database) -> None:
    with pytest.raises(LookupError):
        await publish_and_fail(database)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM sample.outbox") == 0


async def test_several_keep_their_order(database: Database) -> None:
    events = [UserDeleted(account_id=str(number)) for number in range(20)]
    async with database.transaction() as session:
        await outbox.add(session, OUTBOX, *events)
        await outbox.add(session, OUTBOX)
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT body FROM sample.outbox ORDER BY due_time, id")
    assert [UserDeleted.FromString(row["body"]) for row in rows] == events


def test_a_row_can_be_written_by_a_statement_of_ones_own() -> None:
    event = UserRegistered(account=Account(id="a1"))
    row = outbox.row(event, request_id="r2", traceparent="")
    assert row[1:] == (
        "contracts.auth.v1.UserRegistered",
        "auth.user.registered",
        event.SerializeToString(),
        "r2",
        "",
    )


def test_what_names_no_routing_key_is_no_event() -> None:
    with pytest.raises(ValueError, match="names no routing key"):
        outbox.row(Account())
