"""Claims: one sender has a message at a time, and none keeps it from the next for long."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.database import Database
from services.notifications.cache import Cache
from services.notifications.tables import MESSAGES_CHANNEL
from services.notifications.tasks import Sender
from services.notifications.telegram import Telegram
from services.notifications.use_cases import sending
from tests.services.notifications.conftest import LinkedChats, SenderOf
from tests.services.notifications.running import running


@pytest.mark.parametrize("begun", [False, True])
async def test_a_message_lost_with_its_sender_is_sent_by_the_next(
    chats: LinkedChats, database: Database, a_sender: SenderOf, begun: bool
) -> None:
    """Only one whose request had begun may have arrived and counts as unconfirmed."""
    ada = await chats.person()
    await chats.write(ada, "hello")
    async with database.transaction() as session:
        (taken,) = await sending.claim_due(session, now=datetime.now(UTC), limit=10)
    if begun:
        async with database.connection() as connection:
            assert await sending.begin_request(connection, taken, now=datetime.now(UTC))
    async with running(a_sender(lease=timedelta(seconds=1)).run):
        (row,) = await chats.settled(ada)
    assert (row["state"], row["attempt_count"], row["unknown_count"]) == ("sent", 2, int(begun))
    assert await chats.received_texts(ada) == ["hello"]
    assert taken.id == row["id"]


async def test_a_busy_database_delays_a_message_by_seconds_and_not_by_a_lease(
    chats: LinkedChats,
    notifications_url: str,
    cache: Cache,
    gateway: Telegram,
) -> None:
    """The request cannot be marked as begun: the message is given back, not left to run out."""
    ada = await chats.person()
    busy = Database(notifications_url, hot_pool_size=1)
    sender = Sender(busy, cache, gateway, channel=MESSAGES_CHANNEL, lease=timedelta(minutes=5))
    await chats.write(ada, "hello")
    async with running(sender.run):
        async with busy.connection():
            await chats.given_back(ada)
        (row,) = await chats.settled(ada)
    await busy.close()
    assert (row["state"], row["attempt_count"], row["unknown_count"]) == ("sent", 1, 0)


async def test_a_claim_before_the_request_runs_out_soon(
    chats: LinkedChats, database: Database
) -> None:
    """Its sender is gone, and nothing was sent: nobody waits for a whole lease."""
    ada = await chats.person()
    await chats.write(ada, "hello")
    start, lease = datetime.now(UTC), timedelta(minutes=5)
    soon = start + sending.CLAIM_LEASE + timedelta(seconds=1)
    async with database.transaction() as session:
        await sending.claim_due(session, now=start, limit=10)
        assert await sending.record_lost(session, now=soon, lease=lease) == []
        (taken,) = await sending.claim_due(session, now=soon, limit=10)
    assert taken.text == "hello"


async def test_a_sender_whose_claim_ran_out_does_not_begin(
    chats: LinkedChats, database: Database
) -> None:
    """It was frozen; another has claimed the message meanwhile, and each sends what it holds."""
    ada = await chats.person()
    await chats.write(ada, "hello")
    start, lease = datetime.now(UTC), timedelta(seconds=30)
    async with database.transaction() as session:
        (frozen,) = await sending.claim_due(session, now=start, limit=10)
        later = start + lease + timedelta(seconds=1)
        assert await sending.record_lost(session, now=later, lease=lease) == []
        (taken,) = await sending.claim_due(session, now=later, limit=10)
    async with database.connection() as connection:
        assert not await sending.begin_request(connection, frozen, now=later)
        assert await sending.begin_request(connection, taken, now=later)


async def test_a_sender_that_comes_back_late_changes_nothing(
    chats: LinkedChats, database: Database, a_sender: SenderOf
) -> None:
    """Its lease ran out and another has sent the message meanwhile."""
    ada = await chats.person()
    await chats.write(ada, "hello")
    async with database.transaction() as session:
        (taken,) = await sending.claim_due(session, now=datetime.now(UTC), limit=10)
    async with running(a_sender(lease=timedelta(seconds=1)).run):
        await chats.settled(ada)
    async with database.transaction() as session:
        await sending.release(session, taken, due_time=datetime.now(UTC))
    (row,) = await chats.rows(ada)
    assert row["state"] == "sent"
