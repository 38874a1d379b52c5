"""Our side of Telegram: what its answers, its silence and its absence mean for a message."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web

from chassis.errors import Unavailable
from services.notifications.domain.messages import Kind
from services.notifications.domain.sending import (
    Delivered,
    Message,
    NotDelivered,
    RateLimited,
    Rejected,
    Unconfirmed,
    Unreachable,
)
from services.notifications.telegram import Telegram
from tests.telegram import Telegram as StandIn

TOKEN = "1:token"


def a_message(chat: int, text: str = "hello") -> Message:
    return Message(
        id=uuid4(),
        owner_id=uuid4(),
        chat_id=chat,
        kind=Kind.CHEER,
        text=text,
        buttons=(),
        silent=False,
        create_time=datetime.now(UTC),
        expire_time=None,
        attempts=1,
        unconfirmed_attempts=0,
    )


@asynccontextmanager
async def answering(status: int, body: str, headers: dict[str, str]) -> AsyncIterator[str]:
    """Be a server that gives one answer to everything."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_gateway(url: str) -> AsyncIterator[Telegram]:
    gateway = Telegram(TOKEN, api_url=url, timeout=timedelta(seconds=1))
    try:
        yield gateway
    finally:
        await gateway.close()


async def test_what_telegram_answers(gateway: Telegram, telegram: StandIn) -> None:
    chat = await telegram.open_chat()
    unknown = await gateway.send(a_message(chat))
    await telegram.say(chat, "hello")
    assert unknown == Unreachable("Telegram server says - Bad Request: chat not found")
    assert isinstance(await gateway.send(a_message(chat)), Delivered)
    for how, result in (
        ({"status": 429, "retry_after": 7}, RateLimited),
        ({"status": 400}, Rejected),
        ({"status": 401}, NotDelivered),
        ({"status": 403}, Unreachable),
        ({"status": 500}, NotDelivered),
        ({"status": 0}, Unconfirmed),
    ):
        await telegram.fail("sendMessage", **how)
        assert isinstance(await gateway.send(a_message(chat)), result)
    await telegram.fail("sendMessage", status=429, retry_after=7)
    assert await gateway.send(a_message(chat)) == RateLimited(timedelta(seconds=7))


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (502, "<html>Bad Gateway</html>", NotDelivered),
        (200, "<html>Welcome to the airport's network</html>", Unconfirmed),
    ],
)
async def test_what_is_not_telegram_at_all(status: int, body: str, result: Any) -> None:
    headers = {"Content-Type": "text/html"}
    async with answering(status, body, headers) as url, a_gateway(url) as gateway:
        assert isinstance(await gateway.send(a_message(1)), result)


async def test_a_telegram_that_cannot_be_reached_has_taken_nothing() -> None:
    async with a_gateway("http://127.0.0.1:1") as gateway:
        assert isinstance(await gateway.send(a_message(1)), NotDelivered)
        with pytest.raises(Unavailable):
            await gateway.username()


async def test_a_lost_answer_to_a_person_is_no_error(gateway: Telegram, telegram: StandIn) -> None:
    await gateway.send_text(4711, "nobody is there")
    await gateway.answer_callback("4711", "nobody pressed")
    await telegram.fail("sendMessage", status=429, retry_after=60)
    await gateway.send_text(4711, "not waited for that long")


def test_aiogram_costs_less_than_half_of_its_memory() -> None:
    """Measured each in a process of its own: as it comes, and as we import it."""
    plain, ours = (megabytes_of(module) for module in ("aiogram", OUR_LIBRARY))
    assert ours < plain / 2


OUR_LIBRARY = "services.notifications.telegram.library"


def megabytes_of(module: str) -> float:
    """Return how much memory a process has that imports a module."""
    look = f"import {module}, psutil; print(psutil.Process().memory_info().rss)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout) / 2**20


def test_every_model_of_aiogram_can_still_be_built() -> None:
    """They are built when first used; whoever uses one of them must find it whole."""
    look = f"""
from {OUR_LIBRARY} import methods, types
kinds = [getattr(room, name) for room in (types, methods) for name in room.__all__]
models = [kind for kind in kinds if hasattr(kind, "model_rebuild")]
models = [model for model in models if not getattr(model, "__abstractmethods__", None)]
for model in models:
    model.model_rebuild()
print(len(models), [model.__name__ for model in models if not model.__pydantic_complete__])
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", look],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    count, _, incomplete = done.stdout.strip().partition(" ")
    assert int(count) > 500
    assert incomplete == "[]"
