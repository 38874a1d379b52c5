"""`python -m local up|status|down|run|test|servers`; `./habits` is the door for people."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from local.errors import Trouble
from local.folders import data_folder


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    if arguments[:1] == ["test"]:  # the rest is pytest's, options included
        from local.commands import test

        return _run(test(arguments[1:]))
    options = _parser().parse_args(arguments)
    if options.command == "servers":
        from local.testing import say_on_stderr, serve_tests

        return _run(serve_tests(say_on_stderr))
    return _mesh(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./habits", description="Habit Tracker on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (
        ("up", "start everything; Ctrl-C stops it, data stays"),
        ("status", "what runs, how much memory it takes, where it listens"),
        ("down", "stop what runs in the data folder"),
        ("run", "run a command of the mesh that is up, e.g. services.habits parked list"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument("--data", type=Path, default=None, help="what survives restarts")
        if name == "run":
            command.add_argument("module", help="of Python, e.g. services.habits")
            command.add_argument("words", nargs=argparse.REMAINDER, help="what it is told")
        if name == "up":
            command.add_argument("--port", type=_port, default=8000, help="of the API")
            command.add_argument("--host", default="127.0.0.1", help="to serve the API on")
            command.add_argument("--demo", action="store_true", help="begin with half a year")
            command.add_argument("--verbose", action="store_true", help="logs to the terminal")
    servers = commands.add_parser("servers", help="the three servers alone, until Ctrl-C")
    servers.add_argument("--for-tests", action="store_true", required=True)
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is 1 to 65535")
    return port


def _mesh(asked: argparse.Namespace) -> int:
    from local import commands
    from local.mesh import Options

    data = asked.data or data_folder()
    folder = Path(os.environ.get("HABITS_CALLED_FROM", ".")) / data.expanduser()
    if asked.command == "up":
        options = Options(
            data=folder.resolve(), host=asked.host, port=asked.port, verbose=asked.verbose
        )
        return _run(commands.up(options, demo=asked.demo))
    options = Options(data=folder.resolve())
    try:
        if asked.command == "run":
            return commands.run(options, asked.module, asked.words)
        action = commands.status if asked.command == "status" else commands.down
        action(options)
    except Trouble as trouble:
        return _say([trouble])
    return 0


def _run(work: Coroutine[Any, Any, int | None]) -> int:
    """Run a coroutine to its end; say in one line what a person can mend."""
    troubles: list[BaseException] = []
    code = None
    try:
        code = asyncio.run(work)
    except* KeyboardInterrupt:
        code = 130
    except* Trouble as group:
        troubles += _leaves(group)
    return _say(troubles) if troubles else int(code or 0)


def _say(troubles: list[BaseException]) -> int:
    for trouble in troubles:
        print(f"habits: {trouble}", file=sys.stderr)
    return 1


def _leaves(error: BaseException) -> list[BaseException]:
    """Return the errors inside groups of groups."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # before there was anything to stop
        sys.exit(130)
