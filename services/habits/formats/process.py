"""Runs the parser of a file in a child process, away from the event loop and from every secret."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from services.habits.domain.errors.imports import ImportFailed, ImportFileTooSlow

_ROOT = Path(__file__).parents[3]
_SECONDS = 120.0
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


@asynccontextmanager
async def parsed_lines(
    path: Path, folder: Path, *, source: str, timezone: str
) -> AsyncIterator[IO[bytes]]:
    """Provide the lines of a parsed file (see `lines`), inside the block.

    Args:
        path: The file.
        folder: A private folder for what the process writes.
        source: The kind the file is said to be; empty means to find out.
        timezone: The person's zone.

    Raises:
        ImportFileTooSlow: The process took too long or too much memory.
        ImportFailed: It ended by an error of its own, which it has logged.
    """
    output = folder / "lines"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-E", "-s", "-m", "services.habits.formats"),
        *(str(path), str(output), source, timezone),
        cwd=_ROOT,
        env=_ENVIRONMENT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            code = await process.wait()
    except TimeoutError:
        raise ImportFileTooSlow from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if code < 0:  # a signal: over a limit
        raise ImportFileTooSlow
    if code:
        raise ImportFailed
    with output.open("rb") as lines:
        yield lines
