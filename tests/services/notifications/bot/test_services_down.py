"""While no other service answers, every command is answered with a sentence."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

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
from services.notifications.domain import replies
from services.notifications.telegram import Telegram
from tests.services.notifications.bot.chat import a_reminder
from tests.services.notifications.bot.peer_services import SECRET
from tests.services.notifications.conftest import LinkedChats, SenderOf
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn

COMMANDS = (
    "/today",
    "/habits",
    "/stats",
    "/report day",
    "/tips",
    "/pause 7d",
    "/resume",
    "/settings",
    "/export",
    "/code",
    "done water",
)


@pytest.fixture
async def lonely_bot(database: Database, cache: Cache, gateway: Telegram) -> AsyncIterator[None]:
    """Let a bot run for whose calls nobody listens."""
    files = (*AUTH_FILES, *HABITS_FILES, *ANALYTICS_FILES)
    async with connect("127.0.0.1:1", *files) as nowhere:
        channels = Channels(nowhere, nowhere, nowhere, SECRET)
        dispatcher = create_dispatcher(create_services(database, cache, gateway, channels))
        async with running(UpdatePoller(gateway, cache, dispatcher).run):
            yield


async def test_every_command_is_answered_with_a_sentence(
    lonely_bot: None, chats: LinkedChats, telegram: StandIn
) -> None:
    people = [
        await chats.person(locale="ru" if number % 2 else "en") for number in range(len(COMMANDS))
    ]
    for person, command in zip(people, COMMANDS, strict=True):
        await telegram.say(person.chat, command)
    for number, person in enumerate(people):
        sentence = "Сейчас" if number % 2 else replies.TRY_AGAIN
        await telegram.wait_for_message(person.chat, sentence, count=2)  # and to the hello


async def test_a_button_is_answered_with_a_sentence(
    lonely_bot: None, chats: LinkedChats, a_sender: SenderOf, telegram: StandIn
) -> None:
    """The reminder keeps its buttons, so that it can be answered later."""
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, uuid4())
    toast = await telegram.press(ada.chat, reminder, "✅ Done")
    assert (toast["text"], toast["show_alert"]) == (replies.TRY_AGAIN, True)
    (now,) = [
        it for it in await telegram.messages(ada.chat) if it["message_id"] == reminder["message_id"]
    ]
    assert (now["text"], now["buttons"]) == (reminder["text"], reminder["buttons"])
