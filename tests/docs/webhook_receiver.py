"""The receiver of docs/webhooks.md, in a process of its own."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from local.ports import is_free
from tests.chassis.waiting import eventually
from tests.docs.blocks import examples_in
from tests.house.tree import ROOT

_READ_SECONDS = 60.0


class DocumentedReceiver:
    """The receiver, and what it has printed."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def next_line(self) -> str:
        """Return the next delivery that it has accepted: its id and body."""
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), _READ_SECONDS)
        return line.decode().rstrip("\n")


@asynccontextmanager
async def documented_receiver(secret: str, port: int) -> AsyncIterator[DocumentedReceiver]:
    """Run the receiver until the end of the block."""
    [example] = examples_in(ROOT / "docs/webhooks.md", "python")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", example.code.text),
        env={"WEBHOOK_SECRET": secret, "PORT": str(port)},
        stdout=PIPE,
    )

    async def is_listening() -> bool:
        assert process.returncode is None, "the receiver has ended"
        return not is_free(port)

    try:
        await eventually(is_listening)
        yield DocumentedReceiver(process)
    finally:
        process.kill()
        await process.communicate()
