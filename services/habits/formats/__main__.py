"""`python -m services.habits.formats FILE OUTPUT SOURCE ZONE`: parses a file in its own process.

The process limits itself before it opens the file: memory, processor time, files, and what it
may write. A file that is too much for it ends it, and nothing else.
"""

import resource
import sys
from pathlib import Path

from chassis.errors import Refusal
from rhythm.days import zone_of
from services.habits.domain.errors.imports import ImportFileTooSlow
from services.habits.formats.lines import write_lines, write_refusal
from services.habits.formats.recognize import parse_file

MAX_MEMORY_BYTES = 1024 * 1024 * 1024
MAX_CPU_SECONDS = 90
MAX_OUTPUT_BYTES = 512 * 1024 * 1024
MAX_OPEN_FILES = 32


def main(arguments: list[str]) -> int:
    """Parse one file; return the exit code."""
    path, output, source, zone = arguments
    for kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    with Path(output).open("wb") as out:
        try:
            file = parse_file(Path(path), source=source, zone=zone_of(zone))
            write_lines(file, out)
        except Refusal as refusal:
            write_refusal(refusal, out)
        except (MemoryError, OSError):
            out.seek(0)
            out.truncate()
            write_refusal(ImportFileTooSlow(), out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
