"""The process that parses: a file that is too much for it ends it, and nothing else."""

import asyncio
from pathlib import Path

import psutil
import pytest

from services.habits.domain.errors.imports import ImportFailed
from services.habits.domain.imports import MAX_FILE_BYTES
from services.habits.formats.lines import read_lines
from services.habits.formats.process import parsed_lines
from tests.chassis.waiting import eventually


async def parse_apart(folder: Path, data: bytes, timezone: str = "UTC") -> list[object]:
    """Parse a file in a process of its own; return what it says."""
    path = folder / "file"
    path.write_bytes(data)
    async with parsed_lines(path, folder, source="", timezone=timezone) as lines:
        return list(read_lines(lines))


async def test_a_file_that_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    """Sixteen million empty lists: 50 MB here, over a gigabyte in memory."""
    data = b"[" + b"[]," * ((MAX_FILE_BYTES - 4) // 3) + b"0]"
    [refusal] = await parse_apart(tmp_path, data)
    assert "IMPORT_FILE_TOO_SLOW" in repr(refusal)


async def test_a_process_that_ends_by_an_error_is_a_failed_import(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed):
        await parse_apart(tmp_path, b"{}", timezone="Atlantis/Poseidonis")


async def test_a_wait_that_is_cancelled_ends_the_process(tmp_path: Path) -> None:
    parsing = asyncio.create_task(parse_apart(tmp_path, b"[" + b"0," * 20_000_000 + b"0]"))

    def children() -> list[psutil.Process]:
        found = psutil.Process().children()
        return [it for it in found if str(tmp_path / "file") in " ".join(it.cmdline())]

    async def has_begun() -> bool:
        return bool(children())

    await eventually(has_begun)
    parsing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await parsing
    assert children() == []
