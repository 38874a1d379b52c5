"""`python -m local servers --for-tests`; `./habits` is the door for people."""

from __future__ import annotations

import argparse
import asyncio
import sys

from local.errors import Trouble
from local.testing import say_on_stderr, serve_tests


def main() -> int:
    """Run one command and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    servers = commands.add_parser("servers", help="the three servers alone, until Ctrl-C")
    servers.add_argument("--for-tests", action="store_true", required=True)
    parser.parse_args()
    troubles: list[BaseException] = []
    try:
        asyncio.run(serve_tests(say_on_stderr))
    except* Trouble as group:
        troubles += _leaves(group)
    for trouble in troubles:
        print(f"habits: {trouble}", file=sys.stderr)
    return 1 if troubles else 0


def _leaves(error: BaseException) -> list[BaseException]:
    """Return the errors inside groups of groups."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


if __name__ == "__main__":
    sys.exit(main())
