"""Reminders on their way to browsers, through a push service of our own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.database import Database
from chassis.ids import uuid7
from chassis.vapid import from_base64, public_point, read_vapid_key, to_base64
from services.notifications.domain.buttons import Measure
from services.notifications.domain.event_data import Streak
from services.notifications.domain.push import push_payload, topic_of
from services.notifications.domain.reminder_days import DayChange, DayOutcome
from services.notifications.domain.sending import Channel
from services.notifications.tasks import Sender
from services.notifications.use_cases import events, push, sending
from services.notifications.web_push import WebPush
from tests.push_service import Failure, PushService
from tests.services.notifications.conftest import LinkedChats, Person, SenderOf
from tests.services.notifications.push import (
    DAY,
    KEY,
    a_due_reminder,
    remind,
    subscribed,
    web_push,
)
from tests.services.notifications.running import running


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with PushService().serving() as service:
        yield service


@pytest.fixture
def pushing(a_sender: SenderOf) -> Any:
    """Lend a function that runs a sender without a bot for a while."""

    @asynccontextmanager
    async def run(client: WebPush | None = None, **other: Any) -> AsyncIterator[Sender]:
        client = client or web_push()
        sender = a_sender(telegram=None, web_push=client, **other)
        try:
            async with running(sender.run):
                yield sender
        finally:
            await client.close()

    return run


async def test_a_reminder_is_pushed_to_a_person_without_a_chat(
    chats: LinkedChats, service: PushService, pushing: Any
) -> None:
    browser = await subscribed(chats.database, service)
    event = a_due_reminder(browser.owner_id)
    async with pushing():
        await remind(chats.database, event)
        (row,) = await chats.settled(Person(browser.owner_id, 0), within=30.0)
    assert (row["state"], row["attempt_count"], row["unknown_count"]) == ("sent", 1, 0)
    assert row["subscription_id"] == browser.id
    (arrived,) = service.pushes
    assert arrived.payload == {
        "id": str(row["id"]),
        "title": '🔥 Habit reminder: "Drink water"',
        "body": "One glass, please.",
        "habit_id": str(event.habit_id),
        "date": DAY.isoformat(),
        "actions": [
            {"action": "done", "title": "✅ Done"},
            {"action": "skip", "title": "⏭ Skip"},
        ],
    }
    assert arrived.headers["Content-Encoding"] == "aes128gcm"
    assert arrived.headers["Urgency"] == "high"
    assert 7_100 < int(arrived.headers["TTL"]) <= 7_200  # until the reminder is out of date
    assert arrived.headers["Topic"] == to_base64(event.habit_id.bytes)


async def test_a_push_is_signed_with_the_key_of_the_installation(
    chats: LinkedChats, service: PushService, pushing: Any
) -> None:
    browser = await subscribed(chats.database, service)
    async with pushing():
        await remind(chats.database, a_due_reminder(browser.owner_id))
        (arrived,) = await service.wait_for(1)
    scheme, _, rest = arrived.headers["Authorization"].partition(" ")
    token, key = (part.strip()[2:] for part in rest.split(","))
    assert scheme == "vapid"
    assert key == public_point(read_vapid_key(KEY))
    point = from_base64(key)
    public: dict[str, str | list[str]] = {
        "kty": "EC",
        "crv": "P-256",
        "x": to_base64(point[1:33]),
        "y": to_base64(point[33:]),
    }
    claims = jwt.decode(token, ECKey.import_key(public), algorithms=["ES256"]).claims
    assert claims["aud"].startswith("http://127.0.0.1")
    assert claims["sub"] == "mailto:ada@example.com"
    assert claims["exp"] <= datetime.now(UTC).timestamp() + 24 * 3600


async def test_chat_and_each_browser_have_one_message_of_a_reminder(
    chats: LinkedChats, service: PushService, a_sender: SenderOf
) -> None:
    """However often its event comes."""
    ada = await chats.person()
    for _ in range(2):
        await subscribed(chats.database, service, ada.id)
    client, event, event_id = web_push(), a_due_reminder(ada.id), uuid7()
    async with running(a_sender(web_push=client).run):
        for _ in range(2):
            await remind(chats.database, event, event_id=event_id)
        rows = await chats.settled(ada, within=30.0)
    await client.close()
    assert [row["state"] for row in rows] == ["sent"] * 3
    assert len(await chats.received_texts(ada)) == 1
    assert len(service.pushes) == 2
    assert len({row["subscription_id"] for row in rows}) == 3


async def test_a_reminder_of_a_habit_that_is_done_is_not_pushed(
    chats: LinkedChats, service: PushService
) -> None:
    browser = await subscribed(chats.database, service)
    event = a_due_reminder(browser.owner_id)
    await remind(chats.database, event)
    done = DayChange(
        owner_id=event.owner_id,
        habit_id=event.habit_id,
        logical_date=DAY,
        revision=1,
        state=DayOutcome.MET,
        streak=Streak(1),
    )
    now = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    async with chats.database.connection() as connection:
        await events.apply_day_changes(connection, [done], now=now)
    await remind(chats.database, event)
    rows = await chats.rows(Person(browser.owner_id, 0))
    assert [row["state"] for row in rows] == ["dropped"] * 2
    assert {row["detail"] for row in rows} == {"The habit was done before it was sent."}


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_unsubscribed(
    chats: LinkedChats, service: PushService, pushing: Any, status: int
) -> None:
    ada = uuid4()
    service.failures.append(Failure(status))
    gone = await subscribed(chats.database, service, ada)
    await remind(chats.database, a_due_reminder(ada))
    await remind(chats.database, a_due_reminder(ada))
    async with pushing():
        rows = await chats.settled(Person(ada, 0), within=30.0)
    async with chats.database.transaction() as session:
        assert await push.list_subscriptions(session, ada) == []
        assert await push.find_subscription(session, gone.id) is None
    assert len(service.pushes) == 1
    assert sorted(row["state"] for row in rows) == ["dropped", "failed"]


async def test_a_pause_that_a_push_service_asks_for_is_kept(
    chats: LinkedChats, service: PushService, pushing: Any
) -> None:
    service.failures += [Failure(429, {"Retry-After": "2"}), Failure(503)]
    browser = await subscribed(chats.database, service)
    await remind(chats.database, a_due_reminder(browser.owner_id))
    async with pushing():
        (row,) = await chats.settled(Person(browser.owner_id, 0), within=30.0)
    assert (row["state"], row["attempt_count"], row["unknown_count"]) == ("sent", 3, 0)
    first, second = (later.time - earlier.time for earlier, later in pairwise(service.pushes))
    assert first >= 1.95
    assert second >= 0.95  # the usual wait before another try


async def test_a_push_that_is_refused_is_not_tried_again(
    chats: LinkedChats, service: PushService, pushing: Any
) -> None:
    service.failures.append(Failure(403))
    browser = await subscribed(chats.database, service)
    await remind(chats.database, a_due_reminder(browser.owner_id))
    async with pushing():
        (row,) = await chats.settled(Person(browser.owner_id, 0), within=30.0)
    assert (row["state"], row["attempt_count"]) == ("failed", 1)
    assert row["detail"] == "The push service answered 403."


async def test_a_push_that_may_have_arrived_is_sent_once_more_and_no_more(
    chats: LinkedChats, service: PushService, pushing: Any
) -> None:
    service.failures += [Failure(0)] * 9
    browser = await subscribed(chats.database, service)
    await remind(chats.database, a_due_reminder(browser.owner_id))
    async with pushing():
        (row,) = await chats.settled(Person(browser.owner_id, 0), within=30.0)
    assert (row["state"], row["unknown_count"]) == ("unknown", 2)
    assert len(service.pushes) == 2
    assert service.pushes[0].payload == service.pushes[1].payload  # a browser shows it in one place


async def test_nothing_is_pushed_into_a_network_that_is_not_public(
    chats: LinkedChats, service: PushService, pushing: Any
) -> None:
    """Also not where its name was public when the browser was subscribed."""
    browser = await subscribed(chats.database, service)
    await remind(chats.database, a_due_reminder(browser.owner_id))
    async with pushing(web_push(allowed=())):
        (row,) = await chats.settled(Person(browser.owner_id, 0), within=30.0)
    assert row["state"] == "failed"
    assert row["detail"] == "127.0.0.1 is in a network that is not public."
    assert service.pushes == []


async def test_a_push_service_that_is_away_is_asked_again(
    chats: LinkedChats, service: PushService, pushing: Any, database: Database
) -> None:
    browser = await subscribed(database, service)
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE notifications.push_subscriptions SET endpoint = 'http://127.0.0.1:9/push/x'"
        )
    await remind(database, a_due_reminder(browser.owner_id))
    async with pushing():
        async with asyncio.timeout(30):
            while (await chats.rows(Person(browser.owner_id, 0)))[0]["attempt_count"] < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    (row,) = await chats.rows(Person(browser.owner_id, 0))
    assert (row["unknown_count"], service.pushes) == (0, [])


async def test_without_a_key_pushes_wait_for_a_sender_that_has_one(
    chats: LinkedChats, service: PushService, database: Database
) -> None:
    browser = await subscribed(database, service)
    await remind(database, a_due_reminder(browser.owner_id))
    async with database.transaction() as session:
        by_chat = [Channel.TELEGRAM]
        now = datetime.now(UTC) + timedelta(seconds=1)
        assert not await sending.claim_due(session, now=now, limit=9, channels=by_chat)
        by_push = [Channel.WEB_PUSH]
        (claimed,) = await sending.claim_due(session, now=now, limit=9, channels=by_push)
    assert claimed.target == browser.id
    assert topic_of(claimed) == to_base64(UUID(push_payload(claimed)["habit_id"]).bytes)


async def test_a_long_reminder_is_cut_to_what_push_services_take(
    chats: LinkedChats, service: PushService, pushing: Any
) -> None:
    browser = await subscribed(chats.database, service)
    event = a_due_reminder(browser.owner_id, text="щ" * 4000, measure=Measure.QUANTITY)
    async with pushing():
        await remind(chats.database, event)
        (arrived,) = await service.wait_for(1)
    assert arrived.payload["body"].endswith("щ…")
    assert [it["action"] for it in arrived.payload["actions"]] == ["skip"]
    assert int(arrived.headers["Content-Length"]) <= 4096
