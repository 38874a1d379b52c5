"""`python -m local up|status|down|run|test|servers`; people run `./habits`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from local.errors import UserError
from local.folders import data_folder


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    if arguments[:1] == ["test"]:  # the rest is pytest's, options included
        from local.commands import test

        return _run(test(arguments[1:]))
    options = _parser().parse_args(arguments)
    if options.command == "servers":
        from local.testing import print_to_stderr, serve_tests

        return _run(serve_tests(print_to_stderr))
    return _mesh(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./habits", description="Habit Tracker on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, summary in (
        ("up", "start everything; Ctrl-C stops it, data stays"),
        ("status", "what runs, how much memory it takes, where it listens"),
        ("down", "stop what runs in the data folder"),
        ("run", "run a command of the mesh that is up, e.g. services.habits parked list"),
    ):
        command = commands.add_parser(name, help=summary)
        command.add_argument("--data", type=Path, default=None, help="what survives restarts")
        if name == "run":
            command.add_argument("module", help="of Python, e.g. services.habits")
            command.add_argument("arguments", nargs=argparse.REMAINDER, help="of the module")
        if name == "up":
            command.add_argument("--port", type=_port, default=8000, help="of the API")
            command.add_argument("--host", default="127.0.0.1", help="to serve the API on")
            command.add_argument("--demo", action="store_true", help="begin with half a year")
            command.add_argument("--tls", action="store_true", help="mutual TLS between services")
            command.add_argument("--verbose", action="store_true", help="logs to the terminal")
    servers = commands.add_parser("servers", help="the three servers alone, until Ctrl-C")
    servers.add_argument("--for-tests", action="store_true", required=True)
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is 1 to 65535")
    return port


def _mesh(parsed: argparse.Namespace) -> int:
    from local import commands
    from local.mesh import Options

    data = parsed.data or data_folder()
    folder = Path(os.environ.get("HABITS_CALLED_FROM", ".")) / data.expanduser()
    if parsed.command == "up":
        options = Options(
            data=folder.resolve(),
            host=parsed.host,
            port=parsed.port,
            verbose=parsed.verbose,
            tls=parsed.tls,
        )
        return _run(commands.up(options, demo=parsed.demo))
    options = Options(data=folder.resolve())
    try:
        if parsed.command == "run":
            return commands.run(options, parsed.module, parsed.arguments)
        action = commands.status if parsed.command == "status" else commands.down
        action(options)
    except UserError as error:
        return _print_errors([error])
    return 0


def _run(work: Coroutine[Any, Any, int | None]) -> int:
    """Run a coroutine to its end; print in one line what a person can fix."""
    errors: list[BaseException] = []
    code = None
    try:
        code = asyncio.run(work)
    except* KeyboardInterrupt:
        code = 130
    except* UserError as group:
        errors += _flatten(group)
    return _print_errors(errors) if errors else int(code or 0)


def _print_errors(errors: list[BaseException]) -> int:
    for error in errors:
        print(f"habits: {error}", file=sys.stderr)
    return 1


def _flatten(error: BaseException) -> list[BaseException]:
    """Return the errors inside groups of groups."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _flatten(inner)]
    return [error]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # before there was anything to stop
        sys.exit(130)
