"""What becomes of messages on their way to Telegram, whatever happens on it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from prometheus_client import REGISTRY

from chassis.database import Database
from services.notifications.cache import Cache
from services.notifications.domain.messages import Kind
from services.notifications.use_cases import links, sending
from tests.services.notifications.conftest import LinkedChats, Person, SenderOf
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn


async def test_a_message_is_sent_at_once(chats: LinkedChats, a_sender: SenderOf) -> None:
    bob, ada = await chats.person(), await chats.person()
    async with running(a_sender().run):
        await chats.write(bob, "hello")
        await chats.settled(bob)
        await asyncio.sleep(0.1)  # asleep by now: only the notification wakes it
        started = time.monotonic()
        await chats.write(ada, "hello")
        await chats.telegram.wait_for_message(ada.chat, "hello")
        assert time.monotonic() - started < 0.9
        (row,) = await chats.settled(ada)
    assert (row["state"], row["attempt_count"], row["unknown_count"]) == ("sent", 1, 0)
    assert row["send_time"] is not None
    assert row["telegram_id"] is not None


async def test_a_chat_hears_its_messages_in_order_and_one_a_second(
    chats: LinkedChats, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    words = ["first", "second", "third"]
    for word in words:
        await chats.write(ada, word)
    async with running(a_sender().run):
        await chats.settled(ada)
    assert await chats.received_texts(ada) == words
    times = [call["time"] for call in await chats.telegram.calls("sendMessage")]
    assert all(later - earlier >= 0.95 for earlier, later in pairwise(times))


async def test_a_failing_message_holds_back_those_after_it(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    """Order survives a retry: what comes after in the chat waits for its turn."""
    ada = await chats.person()
    await telegram.fail("sendMessage", chat_id=ada.chat, status=500)
    for word in ("first", "second"):
        await chats.write(ada, word)
    async with running(a_sender().run):
        rows = await chats.settled(ada)
    assert await chats.received_texts(ada) == ["first", "second"]
    assert [(row["state"], row["attempt_count"]) for row in rows] == [("sent", 2), ("sent", 1)]


async def test_all_chats_together_stay_under_telegrams_limit(
    chats: LinkedChats, a_sender: SenderOf
) -> None:
    """And under what it allows in one chat: it refuses nothing."""
    await chats.telegram.enforce_limits()
    people = [await chats.person() for _ in range(45)]
    for person in people:
        await chats.write(person, "hello")
    await chats.write(people[0], "again")
    async with running(a_sender().run), running(a_sender().run):
        for person in people:
            await chats.settled(person)
    times = sorted(call["time"] for call in await chats.telegram.calls("sendMessage"))
    assert len(times) == len(people) + 1  # each by one of the two senders
    for start in times:
        assert sum(start <= moment < start + 1 for moment in times) <= 30


async def test_a_pause_that_telegram_asks_for_is_kept(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    await telegram.fail("sendMessage", status=429, retry_after=2)
    await chats.write(ada, "hello")
    async with running(a_sender().run):
        (row,) = await chats.settled(ada)
    assert (row["state"], row["attempt_count"]) == ("sent", 2)
    first, second = [call["time"] for call in await telegram.calls("sendMessage")]
    assert second - first >= 1.95


async def test_a_person_who_has_blocked_the_bot_is_left_alone(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    for word in ("first", "second"):
        await chats.write(ada, word)
    await telegram.block(ada.chat)
    async with running(a_sender().run):
        await chats.settled(ada)
        await chats.write(ada, "third")
        rows = await chats.settled(ada)
    assert [row["state"] for row in rows] == ["failed", "dropped", "dropped"]
    assert rows[1]["detail"] == "The person has blocked the bot."
    assert len(await telegram.calls("sendMessage")) == 1
    async with chats.database.transaction() as session:
        assert not (await links.get_chat(session, ada.id)).reachable


async def test_a_message_that_telegram_refuses_is_not_tried_again(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    await telegram.fail("sendMessage", status=400)
    await chats.write(ada, "hello")
    async with running(a_sender().run):
        (row,) = await chats.settled(ada)
    assert (row["state"], row["attempt_count"]) == ("failed", 1)
    assert await chats.received_texts(ada) == []


async def test_a_message_that_may_have_arrived_is_sent_once_more(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    await telegram.fail("sendMessage", status=0, after_delivery=True)
    await chats.write(ada, "hello")
    async with running(a_sender().run):
        (row,) = await chats.settled(ada)
    assert (row["state"], row["unknown_count"]) == ("sent", 1)
    assert await chats.received_texts(ada) == ["hello", "hello"]


async def test_messages_that_may_have_arrived_are_counted(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    before = REGISTRY.get_sample_value("message_attempts_total", {"result": "unconfirmed"}) or 0
    ada = await chats.person()
    await telegram.fail("sendMessage", status=0, after_delivery=True)
    await chats.write(ada, "hello")
    async with running(a_sender().run):
        await chats.settled(ada)
    after = REGISTRY.get_sample_value("message_attempts_total", {"result": "unconfirmed"})
    assert after == before + 1


async def test_a_failing_telegram_is_asked_less_and_less_often(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    await telegram.fail("sendMessage", status=502, times=2)
    await chats.write(ada, "hello")
    async with running(a_sender().run):
        (row,) = await chats.settled(ada)
    assert (row["state"], row["attempt_count"]) == ("sent", 3)
    times = [call["time"] for call in await telegram.calls("sendMessage")]
    first, second = (later - earlier for earlier, later in pairwise(times))
    assert first >= 0.95
    assert second >= 1.95


async def test_a_message_that_may_have_arrived_twice_is_not_sent_a_third_time(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    await telegram.fail("sendMessage", status=0, after_delivery=True, times=9)
    await chats.write(ada, "hello")
    async with running(a_sender().run):
        (row,) = await chats.settled(ada)
    assert (row["state"], row["attempt_count"], row["unknown_count"]) == ("unknown", 2, 2)
    assert await chats.received_texts(ada) == ["hello", "hello"]


async def test_reminders_go_before_reports_and_the_oldest_first(
    chats: LinkedChats, database: Database
) -> None:
    """Also where an older one had to wait for another try."""
    people = [await chats.person() for _ in range(6)]
    kinds = [Kind.REPORT, Kind.REMINDER] * 3
    for number, (person, kind) in enumerate(zip(people, kinds, strict=True)):
        await chats.write(person, f"{kind} {number}", kind=kind)
    async with database.transaction() as session:
        (first,) = await sending.claim_due(session, now=datetime.now(UTC), limit=1)
        await sending.release(session, first, due_time=datetime.now(UTC))
        claimed = await sending.claim_due(session, now=datetime.now(UTC), limit=10)
    ordered = [f"reminder {number}" for number in (1, 3, 5)]
    assert [it.text for it in claimed] == [*ordered, "report 0", "report 2", "report 4"]


async def test_what_is_out_of_date_is_dropped(chats: LinkedChats, a_sender: SenderOf) -> None:
    ada = await chats.person()
    await chats.write(ada, "hello", expire_time=datetime.now(UTC) + timedelta(seconds=0.2))
    await asyncio.sleep(0.3)
    async with running(a_sender().run):
        (row,) = await chats.settled(ada)
    assert (row["state"], row["attempt_count"]) == ("dropped", 0)
    assert row["detail"] == "It came too late to be of use."
    assert await chats.received_texts(ada) == []


async def test_without_the_counter_nothing_is_sent_and_nothing_lost(
    chats: LinkedChats, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    await chats.write(ada, "hello")
    nowhere = Cache("redis://127.0.0.1:1")
    async with running(a_sender(cache=nowhere).run):
        await asyncio.sleep(1.5)
        (row,) = await chats.rows(ada)
    await nowhere.close()
    assert (row["state"], row["attempt_count"]) == ("pending", 0)
    async with running(a_sender().run):
        await chats.settled(ada)
    assert await chats.received_texts(ada) == ["hello"]


async def test_what_nobody_looks_back_on_is_cleared_away(
    chats: LinkedChats, database: Database
) -> None:
    ada: Person = await chats.person()
    await chats.write(ada, "hello", expire_time=datetime.now(UTC) - timedelta(seconds=1))
    soon, late = datetime.now(UTC) + timedelta(days=89), datetime.now(UTC) + timedelta(days=91)
    async with database.transaction() as session:
        assert await sending.purge(session, now=soon) == 0
        assert await sending.purge(session, now=late) == 1
    assert await chats.rows(ada) == []
