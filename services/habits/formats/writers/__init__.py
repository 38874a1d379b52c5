"""Writers of exported files: each takes an export chunk by chunk and gives back bytes to send."""

from collections.abc import Iterator
from typing import Protocol

from services.habits.domain.export import ExportChunk

MAX_PART_BYTES = 256 * 1024
"""The size of the parts in which a finished file is sent."""


class ExportWriter(Protocol):
    """Writes a file. It is used by one thread at a time."""

    def add(self, chunk: ExportChunk) -> bytes:
        """Write a chunk; return the bytes that are ready to be sent, or none."""

    def finish(self) -> Iterator[bytes]:
        """Write what is left; yield it in parts."""

    def close(self) -> None:
        """Delete temporary files."""
