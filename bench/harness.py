"""The environment of a measurement: durable private servers, keys, processes that end with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aio_pika
import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.caller import TOKEN_TYPE, Caller
from chassis.clock import now
from chassis.identity import ALGORITHM
from local.folders import create_folders
from local.servers import start_servers
from local.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 30
KEY_ID = "bench"


@dataclass
class BenchHarness:
    """The servers' addresses and a key that signs access tokens."""

    environment: dict[str, str]
    folder: Path
    key: Ed25519PrivateKey
    processes: dict[str, int] = field(default_factory=dict)
    """The ids of the processes whose CPU is of interest, by name."""

    def token(self, owner_id: uuid.UUID) -> str:
        """Return an access token for a person, good for the length of a measurement."""
        caller = Caller(
            id=owner_id, session_id=uuid.uuid4(), expire_time=now() + timedelta(hours=6)
        )
        claims = caller.to_claims(issue_time=now())
        return jwt.encode(claims, self.key, ALGORITHM, headers={"kid": KEY_ID, "typ": TOKEN_TYPE})

    def run(self, *words: str, **environment: str) -> None:
        """Run one of our commands to its end."""
        command = [sys.executable, "-m", *words]
        subprocess.run(command, cwd=ROOT, env=self.environment | environment, check=True)

    @contextlib.contextmanager
    def running(self, *words: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run one of our processes for as long as the block lasts."""
        name = "-".join(words).replace("/", "_")
        with (self.folder / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=self.environment
                | {"DIE_WITH_PARENT": "1", "LOG_LEVEL": "WARNING"}
                | environment,
                stdout=log,
                stderr=log,
            )
            try:
                yield child
            finally:
                child.terminate()
                child.wait(20)


@contextlib.asynccontextmanager
async def bench_harness() -> AsyncIterator[BenchHarness]:
    """Start durable servers in a new folder; stop them and delete it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="habits-bench-"))
    folders = create_folders(folder / "data")
    supervisor = Supervisor(folders.logs, report=lambda line: print(f"  {line}", file=sys.stderr))
    try:
        addresses = await start_servers(folders, supervisor, report=lambda _: None)
        key = Ed25519PrivateKey.generate()
        public = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
        jwks = folder / "jwks.json"
        jwks.write_text(json.dumps({"keys": [public | {"kid": KEY_ID, "alg": ALGORITHM}]}))
        environment = {**os.environ, **addresses.environment(), "JWKS_FILE": str(jwks)}
        running = {
            name: child.running.pid
            for name, child in supervisor.children.items()
            if child.running is not None and not child.process.once
        }
        yield BenchHarness(environment, folder, key, running)
    finally:
        await supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(folders.run, ignore_errors=True)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def answers(url: str, child: subprocess.Popen[bytes]) -> None:
    """Wait until a process answers HTTP."""
    end = time.monotonic() + READY_SECONDS
    async with httpx.AsyncClient(timeout=2) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(url)).status_code < 500:
                    return
            if child.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{url} does not answer")
            await asyncio.sleep(0.05)


async def bind_sink_queue(amqp_url: str) -> None:
    """Bind one queue to every event, so that none is unroutable while no consumer runs."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange("events", "topic", durable=True)
        queue = await channel.declare_queue("bench.sink", arguments={"x-max-length": 1000})
        await queue.bind(exchange, "#")
