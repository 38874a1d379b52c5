"""The bot and the sender before a Bot API that is not ours: its own reading of every request."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator

from chassis.database import Database
from chassis.rpc.channel import connect
from services.notifications.bot.clients import (
    ANALYTICS_FILES,
    AUTH_FILES,
    HABITS_FILES,
    Channels,
    create_services,
)
from services.notifications.bot.dispatcher import create_dispatcher
from services.notifications.bot.update_poller import UpdatePoller
from services.notifications.cache import Cache
from services.notifications.domain.buttons import ButtonAction, ButtonKind
from services.notifications.domain.people import Chat, Person
from services.notifications.tables import MESSAGES_CHANNEL
from services.notifications.tasks import Sender
from services.notifications.telegram import Telegram
from services.notifications.use_cases import events, links
from tests.services.notifications.bot.chat import reminder_due
from tests.services.notifications.bot.peer_services import SECRET, TODAY, Auth, Habits, serving
from tests.services.notifications.conftest import Person as LinkedPerson
from tests.services.notifications.running import running

TOKEN = "1000000001:of-the-emulator"
CHAT = 4711
DESCRIPTIONS = ("setMyDescription", "setMyShortDescription")
"""The emulator does not know these."""


class Emulator:
    """The emulator, what people do in its one chat, and what the bot asked of it."""

    def __init__(self) -> None:
        self.server = LoBotApiEmulator()
        self._last_update = 0

    async def update(self, kind: str, content: dict[str, Any]) -> None:
        self._last_update += 1
        update = {"update_id": self._last_update, kind: {"from": self._person(), **content}}
        await self.server.enqueue_update(update, token=TOKEN)

    async def say(self, text: str) -> None:
        message = self._message(text)
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        await self.update("message", message)

    async def press(self, message_id: int, data: str, text: str) -> None:
        message = self._message(text) | {"message_id": message_id, "from": {**BOT}}
        pressed = {"id": "1", "chat_instance": "1", "data": data, "message": message}
        await self.update("callback_query", pressed)

    def answered(self) -> list[str]:
        """Return the methods that the bot called with success, in order."""
        return [it["method"] for it in self.server.requests if it["status"] == 200]

    async def calls(self, method: str, count: int) -> None:
        """Wait until a method has been called so often with success."""
        async with asyncio.timeout(30):
            while self.answered().count(method) < count:  # noqa: ASYNC110 - another task calls it
                await asyncio.sleep(0.05)

    def _person(self) -> dict[str, Any]:
        return {"id": CHAT, "is_bot": False, "first_name": "Ada", "language_code": "en"}

    def _message(self, text: str) -> dict[str, Any]:
        return {
            "message_id": self._last_update + 100,
            "date": int(datetime.now(UTC).timestamp()),
            "chat": {"id": CHAT, "type": "private", "first_name": "Ada"},
            "text": text,
        }


BOT = {"id": 1_000_000_001, "is_bot": True, "first_name": "Habit Tracker"}


@pytest.fixture
async def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
async def gateway(emulator: Emulator) -> AsyncIterator[Telegram]:
    runner = web.AppRunner(emulator.server.app(), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    telegram = Telegram(TOKEN, api_url=url, timeout=timedelta(seconds=5))
    yield telegram
    await telegram.close()
    await runner.cleanup()


@pytest.fixture
async def ada(database: Database, auth: Auth) -> LinkedPerson:
    owner_id = uuid4()
    linked = Chat(owner_id=owner_id, chat_id=CHAT, title="Ada", create_time=datetime.now(UTC))
    async with database.transaction() as session:
        await events.upsert_person(session, Person(owner_id=owner_id, revision=1))
        await links.link_chat(session, linked)
    return LinkedPerson(owner_id, CHAT)


async def test_commands_a_reminder_and_its_button(
    emulator: Emulator,
    gateway: Telegram,
    database: Database,
    cache: Cache,
    auth: Auth,
    habits: Habits,
    ada: LinkedPerson,
) -> None:
    """Every request is one that the emulator takes, but for those it does not know at all."""
    files = (*AUTH_FILES, *HABITS_FILES, *ANALYTICS_FILES)
    async with serving(auth, habits) as target, connect(target, *files) as channel:
        services = create_services(
            database, cache, gateway, Channels(channel, channel, channel, SECRET)
        )
        bot = UpdatePoller(gateway, cache, create_dispatcher(services))
        sender = Sender(
            database, cache, gateway, channel=MESSAGES_CHANNEL, lease=timedelta(seconds=30)
        )
        async with running(bot.run), running(sender.run):
            await emulator.say("/start")
            await emulator.calls("sendMessage", 1)
            await emulator.say("/today")
            await emulator.calls("sendMessage", 2)
            async with database.transaction() as session:
                due = reminder_due(ada, habits.water)
                await events.write_reminder(session, due, event_id=uuid4(), now=datetime.now(UTC))
            await emulator.calls("sendMessage", 3)
            action = ButtonAction(kind=ButtonKind.DONE, habit_id=habits.water, logical_date=TODAY)
            await emulator.press(3, action.to_data(), '🔥 Habit reminder: "Drink water"\nGo!')
            await emulator.calls("editMessageText", 1)
            await emulator.calls("answerCallbackQuery", 1)
    assert len(habits.changes) == 1
    # The last request confirms what was handled; to this emulator the poll before it still runs.
    *requests, _last = emulator.server.requests
    refused = {it["method"] for it in requests if it["status"] != 200}
    assert refused <= set(DESCRIPTIONS)
    async with database.connection() as connection:
        row = await connection.fetchrow(
            "SELECT state, telegram_id FROM notifications.messages WHERE owner_id = $1", ada.id
        )
    assert row is not None
    assert (row["state"], row["telegram_id"] > 0) == ("sent", True)
