"""The service's parts on real servers, and a person with a chat on the stand-in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis

from chassis.database import Database
from chassis.events import broker
from chassis.events.consumer import Consumer
from chassis.events.topology import Topology
from chassis.ids import uuid7
from services.notifications.cache import Cache
from services.notifications.consumers import handlers
from services.notifications.domain.messages import Draft, Kind
from services.notifications.domain.people import Chat
from services.notifications.domain.people import Person as StoredPerson
from services.notifications.domain.sending import State
from services.notifications.tables import INBOX, MESSAGES_CHANNEL
from services.notifications.tasks import Sender
from services.notifications.telegram import Telegram
from services.notifications.use_cases import events, links
from tests.builders import SigningKey
from tests.services.notifications.other_services import Others
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn

TIMEOUT = timedelta(seconds=1)


@pytest.fixture(scope="module")
def notifications_url(migrated: Callable[..., str]) -> str:
    return migrated("notifications")


@pytest.fixture
async def database(notifications_url: str) -> AsyncIterator[Database]:
    """Lend a database in which no test has left a message or a chat."""
    database = Database(notifications_url, name="test")
    yield database
    async with database.connection() as connection:
        await connection.execute(
            "TRUNCATE notifications.messages, notifications.chats, notifications.outbox, "
            "notifications.days, notifications.push_subscriptions, notifications.webhooks CASCADE"
        )
    await database.close()


@pytest.fixture
async def cache(redis_url: str) -> AsyncIterator[Cache]:
    """Lend a cache in which no chat has to wait yet."""
    with redis.Redis.from_url(redis_url) as server:
        server.flushdb()
    cache = Cache(redis_url)
    yield cache
    await cache.close()


@pytest.fixture
def signing_key(tmp_path: Path) -> SigningKey:
    return SigningKey(tmp_path / "jwks.json")


@pytest.fixture
async def gateway(telegram: StandIn) -> AsyncIterator[Telegram]:
    """Lend our side of the stand-in; a request that takes a second has timed out."""
    gateway = Telegram(telegram.token, api_url=telegram.url, timeout=TIMEOUT)
    yield gateway
    await gateway.close()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose chat is linked."""

    id: UUID
    chat: int


class LinkedChats:
    """People with linked chats, and the messages written for them."""

    def __init__(self, database: Database, telegram: StandIn) -> None:
        self.database = database
        self.telegram = telegram

    async def person(self, *, locale: str = "en") -> Person:
        """Let somebody arrive whose chat is linked, and who says hello."""
        chat = await self.telegram.open_chat()
        owner_id = uuid4()
        linked = Chat(owner_id=owner_id, chat_id=chat, title="Ada", create_time=datetime.now(UTC))
        stored = StoredPerson(owner_id=owner_id, locale=locale, revision=1)
        async with self.database.transaction() as session:
            await events.upsert_person(session, stored)
            await links.link_chat(session, linked)
        await self.telegram.say(chat, "hello")
        return Person(owner_id, chat)

    async def write(self, person: Person, text: str, **more: Any) -> None:
        """Write down a message for somebody."""
        draft = Draft(owner_id=person.id, text=text, **{"kind": Kind.REPORT} | more)
        async with self.database.transaction() as session:
            await events.write_message(
                session, person.id, lambda: draft, event_id=uuid7(), now=datetime.now(UTC)
            )

    async def rows(self, person: Person) -> list[dict[str, Any]]:
        """Return a person's messages as they are kept, oldest first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                "SELECT * FROM notifications.messages WHERE owner_id = $1 ORDER BY id", person.id
            )
        return [dict(row) for row in rows]

    async def written(self, person: Person, *, within: float = 10.0) -> None:
        """Wait until a message is written down for somebody."""
        async with asyncio.timeout(within):
            while not await self.rows(person):  # noqa: ASYNC110 - another task writes it
                await asyncio.sleep(0.02)

    async def given_back(self, person: Person, *, within: float = 10.0) -> None:
        """Wait until a sender has claimed somebody's message and released it again."""
        state = ""
        async with asyncio.timeout(within):
            while state != "pending":
                await asyncio.sleep(0.02)
                (row,) = await self.rows(person)
                state = row["state"] if row["claim_time"] or state else ""

    async def settled(self, person: Person, *, within: float = 10.0) -> list[dict[str, Any]]:
        """Wait until none of a person's messages waits or is on its way; return them."""
        async with asyncio.timeout(within):
            while True:
                rows = await self.rows(person)
                if all(row["state"] not in (State.PENDING, State.SENDING) for row in rows):
                    return rows
                await asyncio.sleep(0.02)

    async def received_texts(self, person: Person) -> list[str]:
        """Return what the bot has said to somebody."""
        messages = await self.telegram.messages(person.chat)
        return [message["text"] for message in messages if message["from"] == "bot"]


@pytest.fixture
def chats(database: Database, telegram: StandIn) -> LinkedChats:
    return LinkedChats(database, telegram)


type SenderOf = Callable[..., Sender]


@pytest.fixture
def a_sender(database: Database, cache: Cache, gateway: Telegram) -> SenderOf:
    """Lend a function that makes senders."""

    def make(**other: Any) -> Sender:
        parts: dict[str, Any] = {
            "cache": cache,
            "telegram": gateway,
            "lease": timedelta(seconds=30),
        } | other
        return Sender(database, channel=MESSAGES_CHANNEL, **parts)

    return make


@pytest.fixture
async def others(amqp_url: str, database: Database, chats: LinkedChats) -> AsyncIterator[Others]:
    topology = Topology("notifications", handlers.routing_keys)
    await broker.declare(amqp_url, topology)
    consumer = Consumer(database, amqp_url, topology, handlers, INBOX)
    async with broker.channel(amqp_url, "test") as channel, running(consumer.run):
        yield Others(channel, chats)
