"""Updates that Telegram posts: only with the secret, in order, once, and not lost in a crash."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bench.harness import free_port
from chassis.settings import SettingsError
from services.notifications.bot.update_poller import UpdatePoller
from services.notifications.bot.webhook import WebhookReceiver
from services.notifications.cache import Cache
from services.notifications.domain import replies
from services.notifications.settings import (
    NotificationsSettings,
    WebhookAddress,
    webhook_address,
)
from services.notifications.telegram import Telegram
from tests.services.notifications.bot.chat import a_reminder
from tests.services.notifications.bot.conftest import DispatcherOf
from tests.services.notifications.bot.peer_services import Habits
from tests.services.notifications.conftest import LinkedChats, Person, SenderOf
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn

SECRET = "posted-with-every-update"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

type ReceiverOf = Callable[[], WebhookReceiver]


@pytest.fixture
def address() -> WebhookAddress:
    port = free_port()
    return WebhookAddress(f"http://127.0.0.1:{port}/telegram", SECRET, "127.0.0.1", port)


@pytest.fixture
def a_receiver(
    cache: Cache, gateway: Telegram, a_dispatcher: DispatcherOf, address: WebhookAddress
) -> ReceiverOf:
    """Lend a function that makes bots which are posted updates."""
    return lambda: WebhookReceiver(gateway, cache, a_dispatcher(), address)


def an_update(person: Person, number: int, text: str) -> dict[str, Any]:
    """Return an update as Telegram posts it."""
    message = {
        "message_id": number,
        "date": int(datetime.now(UTC).timestamp()),
        "chat": {"id": person.chat, "type": "private", "first_name": "Ada"},
        "from": {"id": person.chat, "is_bot": False, "first_name": "Ada"},
        "text": text,
    }
    return {"update_id": 1_000_000 + number, "message": message}


async def posted(address: WebhookAddress, update: Any, secret: str | None = SECRET) -> int:
    """Post an update and return the status of the answer."""
    headers = {HEADER: secret} if secret is not None else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address.url, json=update, headers=headers) as answer,
    ):
        return answer.status


@asynccontextmanager
async def listening(receiver: WebhookReceiver, telegram: StandIn) -> AsyncIterator[None]:
    """Let a receiver run; begin when Telegram knows its address."""
    async with running(receiver.run):
        async with asyncio.timeout(60):
            while not await telegram.calls("setWebhook"):  # noqa: ASYNC110 - it starts by itself
                await asyncio.sleep(0.05)
        yield


async def test_a_chat_is_answered_in_order_over_the_webhook(
    a_receiver: ReceiverOf, chats: LinkedChats, telegram: StandIn
) -> None:
    ada = await chats.person()
    async with listening(a_receiver(), telegram):
        await telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)
        for text in ("/help", "/start", "/help"):
            await telegram.say(ada.chat, text)
        await telegram.wait_for_message(ada.chat, replies.HELP, count=2)
    heard = await chats.received_texts(ada)
    assert heard[1:] == [replies.HELP, replies.LINKED_ALREADY, replies.HELP]


@pytest.mark.parametrize("secret", [None, "", "posted-with-every-updat", "é"])
async def test_who_does_not_know_the_secret_is_refused(
    a_receiver: ReceiverOf,
    address: WebhookAddress,
    chats: LinkedChats,
    telegram: StandIn,
    secret: str | None,
) -> None:
    ada = await chats.person()
    async with listening(a_receiver(), telegram):
        assert await posted(address, an_update(ada, 1, "/help"), secret) == 401
        await telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)
    assert replies.HELP not in await chats.received_texts(ada)


async def test_a_secret_of_arbitrary_bytes_is_refused(
    a_receiver: ReceiverOf, address: WebhookAddress, telegram: StandIn
) -> None:
    """A header need not be UTF-8, and what is not is as wrong as any other."""
    head = f"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n{HEADER}: ".encode()
    async with listening(a_receiver(), telegram):
        reader, writer = await asyncio.open_connection(address.host, address.port)
        with closing(writer):
            writer.write(head + b"\xe9\r\n\r\n{}")
            assert (await reader.readline()).split()[1] == b"401"


async def test_updates_posted_at_once_are_handled_in_the_order_in_which_they_came(
    a_receiver: ReceiverOf, address: WebhookAddress, chats: LinkedChats, telegram: StandIn
) -> None:
    ada = await chats.person()
    async with listening(a_receiver(), telegram):
        await telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)
        posts = []
        for number, text in enumerate(("/help", "/start", "/help", "/start")):
            posts.append(asyncio.create_task(posted(address, an_update(ada, number, text))))
            await asyncio.sleep(0.02)
        assert await asyncio.gather(*posts) == [200] * 4
    heard = await chats.received_texts(ada)
    assert heard[1:] == [replies.HELP, replies.LINKED_ALREADY] * 2


async def test_an_update_posted_again_is_handled_once(
    a_receiver: ReceiverOf, address: WebhookAddress, chats: LinkedChats, telegram: StandIn
) -> None:
    """Also while it is still being handled: Telegram has not waited for the answer."""
    ada = await chats.person()
    update = an_update(ada, 1, "/help")
    async with listening(a_receiver(), telegram):
        again = [posted(address, update) for _ in range(3)]
        assert await asyncio.gather(*again) == [200] * 3
    assert (await chats.received_texts(ada)).count(replies.HELP) == 1


async def test_a_press_cut_short_by_a_crash_is_posted_again_and_done_once(
    a_receiver: ReceiverOf,
    chats: LinkedChats,
    a_sender: SenderOf,
    habits: Habits,
    telegram: StandIn,
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    dying = asyncio.create_task(a_receiver().run(asyncio.Event()))
    await telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)
    await telegram.fail("editMessageText", status=0)
    pressing = asyncio.create_task(telegram.press(ada.chat, reminder, "✅ Done", within=30))
    async with asyncio.timeout(60):
        while not await telegram.calls("editMessageText"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    dying.cancel()  # the press is recorded, and not answered
    await asyncio.wait([dying])
    async with running(a_receiver().run):
        await pressing
    assert len(habits.changes) == 1


async def test_what_cannot_be_handled_now_is_to_be_posted_again(
    gateway: Telegram,
    a_dispatcher: DispatcherOf,
    address: WebhookAddress,
    chats: LinkedChats,
) -> None:
    """Whether it was handled before is not known while Redis is away."""
    ada = await chats.person()
    nowhere = Cache("redis://127.0.0.1:1")
    receiver = WebhookReceiver(gateway, nowhere, a_dispatcher(), address)
    task = asyncio.create_task(receiver.run(stop := asyncio.Event()))
    async with asyncio.timeout(60):
        while True:
            try:
                assert await posted(address, an_update(ada, 1, "/help")) == 503
                break
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.05)
    assert await posted(address, {"nonsense": True}) == 200  # it would be no better the next time
    stop.set()
    await task
    await nowhere.close()


async def test_a_bot_that_polls_takes_the_webhook_away(
    a_receiver: ReceiverOf,
    a_bot: Callable[[], UpdatePoller],
    chats: LinkedChats,
    telegram: StandIn,
) -> None:
    async with listening(a_receiver(), telegram):
        pass
    ada = await chats.person()
    async with running(a_bot().run):
        await telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)


@pytest.mark.parametrize(
    ("url", "secret", "listen", "wrong"),
    [
        ("http://example.com/telegram", SECRET, "127.0.0.1:1", "TELEGRAM_WEBHOOK_URL"),
        ("https://example.com/telegram", None, "127.0.0.1:1", "TELEGRAM_WEBHOOK_SECRET"),
        ("https://example.com/telegram", "short", "127.0.0.1:1", "TELEGRAM_WEBHOOK_SECRET"),
        ("https://example.com/telegram", SECRET + "!", "127.0.0.1:1", "TELEGRAM_WEBHOOK_SECRET"),
        ("https://example.com/telegram", SECRET, "8443", "TELEGRAM_WEBHOOK_LISTEN"),
    ],
)
def test_a_webhook_that_could_not_work_is_refused_at_the_start(
    url: str, secret: str | None, listen: str, wrong: str
) -> None:
    settings = NotificationsSettings(
        database_url="",
        redis_url="",
        amqp_url="",
        jwks_file="",  # type: ignore[arg-type]  # not looked at here
        telegram_webhook_url=url,
        telegram_webhook_secret=secret,
        telegram_webhook_listen=listen,
    )
    with pytest.raises(SettingsError, match=wrong):
        webhook_address(settings)


def test_without_an_address_the_bot_polls() -> None:
    settings = NotificationsSettings(database_url="", redis_url="", amqp_url="", jwks_file="")  # type: ignore[arg-type]
    assert webhook_address(settings) is None
