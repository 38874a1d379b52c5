"""The process as it is started: roles, a sudden death, a missing setting."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chassis.process import EXIT_SETTINGS
from chassis.vapid import is_public_point, public_point, read_vapid_key
from tests.push_service import Failure, PushService
from tests.services.notifications.conftest import LinkedChats, Person
from tests.services.notifications.push import KEY, a_due_reminder, remind, subscribed
from tests.telegram import Telegram as StandIn

ROOT = Path(__file__).parents[3]
LEASE_SECONDS = 2
START_SECONDS = 60.0


@pytest.fixture
def environment(
    notifications_url: str, redis_url: str, amqp_url: str, telegram: StandIn, tmp_path: Path
) -> dict[str, str]:
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": notifications_url,
        "REDIS_URL": redis_url,
        "AMQP_URL": amqp_url,
        "JWKS_FILE": str(tmp_path / "jwks.json"),
        "GRPC_LISTEN": "127.0.0.1:0",
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_TIMEOUT": "1s",
        "SEND_LEASE": f"{LEASE_SECONDS}s",
        "DELEGATION_SECRET": "the bot may act for people",
    }


@asynccontextmanager
async def started(environment: dict[str, str], *roles: str) -> AsyncIterator[Process]:
    """Run the service in a process of its own, and end it with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.notifications",
        *roles,
        cwd=ROOT,
        env=environment,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_message_survives_the_sudden_death_of_its_sender(
    environment: dict[str, str], chats: LinkedChats, telegram: StandIn
) -> None:
    ada = await chats.person()
    await telegram.fail("sendMessage", status=0)
    slow = environment | {"TELEGRAM_TIMEOUT": "60s"}
    async with started(slow, "send") as sender:
        await chats.write(ada, "hello")
        async with asyncio.timeout(START_SECONDS):
            while not await telegram.calls("sendMessage"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        sender.kill()
        await sender.wait()
    (row,) = await chats.rows(ada)
    assert row["state"] == "sending"
    async with started(environment, "send"):
        (row,) = await chats.settled(ada, within=START_SECONDS)
    assert (row["state"], row["unknown_count"]) == ("sent", 1)
    assert await chats.received_texts(ada) == ["hello"]


async def test_a_push_survives_the_sudden_death_of_its_sender(
    environment: dict[str, str], chats: LinkedChats
) -> None:
    """It may have arrived: it is pushed once more, as the very same reminder."""
    pushing = {
        "TELEGRAM_BOT_TOKEN": "",
        "WEB_PUSH_PRIVATE_KEY": KEY,
        "WEB_PUSH_ALLOWED_NETWORKS": "127.0.0.0/8",
        "WEB_PUSH_TIMEOUT": "60s",
    }
    async with PushService(failures=[Failure(0, hold=True)]).serving() as service:
        browser = await subscribed(chats.database, service)
        ada = Person(browser.owner_id, 0)
        async with started(environment | pushing, "send") as sender:
            await remind(chats.database, a_due_reminder(ada.id))
            await service.wait_for(1, within=START_SECONDS)
            sender.kill()
            await sender.wait()
        (row,) = await chats.rows(ada)
        assert row["state"] == "sending"
        async with started(environment | pushing, "send"):
            (row,) = await chats.settled(ada, within=START_SECONDS)
    assert (row["state"], row["unknown_count"]) == ("sent", 1)
    assert [it.payload["id"] for it in service.pushes] == [str(row["id"])] * 2


async def test_a_key_for_push_services_is_printed() -> None:
    async with asyncio.timeout(START_SECONDS):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.notifications", "push-key", cwd=ROOT, stdout=PIPE
        )
        output, _ = await process.communicate()
    assert process.returncode == 0
    assert is_public_point(public_point(read_vapid_key(output.decode().strip())))


@pytest.mark.parametrize(
    ("name", "value"),
    [("WEB_PUSH_PRIVATE_KEY", "too short"), ("WEB_PUSH_ALLOWED_NETWORKS", "here")],
)
async def test_a_wrong_setting_of_web_push_is_named(
    environment: dict[str, str], name: str, value: str
) -> None:
    async with started(environment | {name: value}, "send") as process:
        async with asyncio.timeout(START_SECONDS):
            assert await process.wait() == EXIT_SETTINGS
            assert process.stderr is not None
            assert name.encode() in await process.stderr.read()


async def test_two_senders_lose_nothing_when_one_is_killed_again_and_again(
    environment: dict[str, str], chats: LinkedChats, telegram: StandIn
) -> None:
    """What may have arrived when a sender died is sent once more, and nothing else is."""
    count, kill_count = 60, 3
    await telegram.enforce_limits()
    people = [await chats.person() for _ in range(count)]
    for person in people:
        await chats.write(person, "hello")
    async with started(environment, "send"):
        for number in range(1, kill_count + 1):
            async with started(environment, "send") as sender, asyncio.timeout(START_SECONDS):
                wanted = number * count // (kill_count + 1)
                while len(await telegram.calls("sendMessage")) < wanted:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                sender.kill()
                await sender.wait()
        for person in people:
            (row,) = await chats.settled(person, within=START_SECONDS)
            heard = len(await chats.received_texts(person))
            assert row["state"] == "sent"
            assert 1 <= heard <= 1 + row["unknown_count"] <= 2


async def test_all_roles_in_one_process_end_cleanly(
    environment: dict[str, str], chats: LinkedChats, telegram: StandIn
) -> None:
    ada = await chats.person()
    async with started(environment, "serve", "relay", "consume", "send", "bot") as process:
        await chats.write(ada, "hello")
        await telegram.wait_for_message(
            ada.chat, "I cannot reach your habits", within=START_SECONDS
        )
        await telegram.wait_for_message(ada.chat, "hello")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_SECONDS):
            assert await process.wait() == 0


async def test_a_bot_that_may_not_act_for_people_says_so(environment: dict[str, str]) -> None:
    async with started(environment | {"DELEGATION_SECRET": ""}, "bot") as process:
        async with asyncio.timeout(START_SECONDS):
            assert await process.wait() == EXIT_SETTINGS
            assert process.stderr is not None
            assert b"DELEGATION_SECRET is missing" in await process.stderr.read()
