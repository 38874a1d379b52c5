"""`python -m bench sends`: how fast messages go out, and what is lost or doubled under kills.

First two sender processes share many messages, most due at once: messages a second, the most that
arrived in any second, and whether the oldest came first. Then one sender is killed with SIGKILL
again and again while it sends, and started again: how many messages never arrived, and how many
twice. Telegram is the stand-in, in this process, with Telegram's limits enforced.

`--database-url` and `--redis-url` name an empty database and a Redis that run already; otherwise
durable private servers are started.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.harness import ROOT, bench_harness
from chassis.database import Database
from chassis.ids import uuid7
from chassis.migrate import upgrade
from local.telegram.server import BOT_TOKEN, BOT_USERNAME, serving
from local.telegram.state import TelegramState
from services.notifications.dao import chats
from services.notifications.domain.messages import Draft, Kind
from services.notifications.domain.people import Chat
from services.notifications.use_cases import events

FIRST_CHAT = 5_000
TIMEOUT_SECONDS, LEASE_SECONDS = 5, 6
MEASURED_SECONDS = 300


@dataclass(frozen=True)
class Mesh:
    """What the senders need, and what they send to."""

    environment: dict[str, str]
    database: Database
    telegram: TelegramState
    owners: Sequence[UUID]

    @contextmanager
    def sender(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a sender in a process of its own; kill it at the end of the block."""
        child = subprocess.Popen(
            [sys.executable, "-m", "services.notifications", "send"],
            cwd=ROOT,
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield child
        finally:
            child.kill()
            child.wait()

    async def write(self, count: int, label: str) -> None:
        """Write messages to as many chats, a reminder after each report."""
        for number in range(count):
            kind = Kind.REMINDER if number % 2 else Kind.REPORT
            owner_id = self.owners[number]
            draft = Draft(owner_id=owner_id, kind=kind, text=f"{label} {number}")
            async with self.database.transaction() as session:
                write = partial(events.write_message, session, owner_id, partial(_same, draft))
                await write(event_id=uuid7(), now=datetime.now(UTC))

    def sent(self, label: str) -> list[dict[str, Any]]:
        """Return the messages that arrived, in order."""
        calls = (it for it in self.telegram.calls if it["method"].lower() == "sendmessage")
        return [it for it in calls if it["text"].startswith(label) and "error" not in it]

    async def arrived(self, label: str, count: int) -> None:
        """Wait until so many different messages have arrived."""
        async with asyncio.timeout(MEASURED_SECONDS):
            while len({it["text"] for it in self.sent(label)}) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def settled(self) -> dict[str, int]:
        """Wait until no message waits or is on its way; return how many ended in each state."""
        query = "SELECT state, count(*) FROM notifications.messages GROUP BY state"
        async with asyncio.timeout(MEASURED_SECONDS):
            while True:
                async with self.database.connection() as connection:
                    states = {row[0]: row[1] for row in await connection.fetch(query)}
                if not {"pending", "sending"} & set(states):
                    return states
                await asyncio.sleep(0.2)


def _same(draft: Draft) -> Draft:
    return draft


async def pace(mesh: Mesh, count: int) -> None:
    """Let two senders share messages, and print how fast they were."""
    await mesh.write(count, "pace")
    with mesh.sender(), mesh.sender():
        await mesh.arrived("pace", count)
        await mesh.settled()
    calls = mesh.sent("pace")
    times = [it["time"] for it in calls]
    busiest = max(sum(start <= it < start + 1 for it in times) for start in times)
    refused = sum("error" in it for it in mesh.telegram.calls)
    kinds = [int(it["text"].split()[1]) % 2 for it in calls]
    early = sum(not kind for kind in kinds[: count // 2])
    print(
        f"two senders: {(count - 1) / (times[-1] - times[0]):.1f} messages/s, "
        f"at most {busiest} in any second, {refused} refused by Telegram; "
        f"{early} of {count // 2} reports in the half that belongs to reminders; "
        f"{len(calls) - len({it['text'] for it in calls})} doubled"
    )


async def kills(mesh: Mesh, count: int, kill_count: int) -> None:
    """Kill a sender again and again, and print what was lost and doubled."""
    await mesh.write(count, "kill")
    share = count // (kill_count + 1)
    for number in range(1, kill_count + 1):
        with mesh.sender():
            await mesh.arrived("kill", number * share)
            await asyncio.sleep(random.uniform(0, 0.1))
    with mesh.sender():
        await mesh.arrived("kill", count)
        states = await mesh.settled()
    counts = Counter(it["text"] for it in mesh.sent("kill"))
    doubled = sum(times - 1 for times in counts.values())
    print(
        f"{kill_count} kills over {count} messages: {count - len(counts)} lost, "
        f"{doubled} doubled ({doubled / count:.1%}); ended as {states}"
    )


async def link_people(database: Database, telegram: TelegramState, count: int) -> list[UUID]:
    """Let people link chats, and return their ids."""
    owners = [uuid4() for _ in range(count)]
    for number, owner_id in enumerate(owners):
        chat = await telegram.open_chat("Ada", chat_id=FIRST_CHAT + number)
        chat.started = True
        linked = Chat(
            owner_id=owner_id, chat_id=chat.id, title="Ada", create_time=datetime.now(UTC)
        )
        async with database.transaction() as session:
            await chats.replace_chat(session, linked)
    return owners


async def run(options: argparse.Namespace) -> None:
    """Find or start servers, and measure."""
    async with AsyncExitStack() as stack:
        environment = os.environ | {
            "DATABASE_URL": options.database_url,
            "REDIS_URL": options.redis_url,
        }
        if not options.database_url:
            environment = (await stack.enter_async_context(bench_harness())).environment
        telegram = TelegramState(username=BOT_USERNAME)
        telegram.limits.enforced = True
        url = await stack.enter_async_context(serving(telegram))
        jwks = Path(tempfile.mkdtemp(prefix="habits-bench-")) / "jwks.json"
        jwks.write_text('{"keys": []}')
        environment |= {
            "AMQP_URL": "amqp://127.0.0.1:1",
            "JWKS_FILE": str(jwks),
            "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
            "TELEGRAM_API_URL": url,
            "TELEGRAM_TIMEOUT": f"{TIMEOUT_SECONDS}s",
            "SEND_LEASE": f"{LEASE_SECONDS}s",
            "DIE_WITH_PARENT": "1",
        }
        await upgrade(environment["DATABASE_URL"], "services.notifications")
        database = Database(environment["DATABASE_URL"])
        stack.push_async_callback(database.close)
        mesh = Mesh(
            environment, database, telegram, await link_people(database, telegram, options.count)
        )
        await pace(mesh, options.count)
        await kills(mesh, options.count, options.kills)


def main(arguments: list[str]) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench sends")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--redis-url", default="")
    options = parser.parse_args(arguments)
    if bool(options.database_url) != bool(options.redis_url):
        sys.exit("--database-url and --redis-url go together")
    asyncio.run(run(options))
