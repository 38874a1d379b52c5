"""The lifecycle of a process: start its roles, wait for SIGTERM, drain, close, exit.

`python -m services.habits serve relay consume` runs three roles in one process;
`python -m services.habits migrate` runs one command and exits.
"""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from typing import Any

from chassis import telemetry
from chassis.settings import ProcessSettings, SettingsError, read

type Role = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""A long-running part of a process: runs until the event is set, finishes, and returns."""
type Command = Callable[[Sequence[str]], Coroutine[Any, Any, int]]
"""A short-running command: takes the remaining arguments and returns the exit code."""
type CloseFunction = Callable[[], Coroutine[Any, Any, None]]

GRACE_SECONDS = 10.0
"""How long roles may take to finish once they are to stop."""

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_SETTINGS = 0, 1, 2, 78

_CLOSE_SECONDS = 5.0
_COLLECT_AFTER = (20_000, 20, 50)
"""Objects made and not freed before the youngest are looked at; then how many such looks before
those that were met again, and so on."""
_PARENT_SECONDS = 1.0
_PR_SET_PDEATHSIG = 1
_log = logging.getLogger(__name__)


def read_settings_or_exit[S: ProcessSettings](cls: type[S]) -> S:
    """Read a process's settings; where they cannot be used, print why and exit with 78."""
    try:
        return read(cls)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_SETTINGS) from None


def main(
    name: str,
    settings: ProcessSettings,
    *,
    roles: Mapping[str, Role],
    commands: Mapping[str, Command] | None = None,
    closing: Sequence[CloseFunction] = (),
    arguments: Sequence[str] | None = None,
) -> int:
    """Run the roles, or the command, that the command line names; return the exit code.

    Args:
        name: The service, as logs and metrics call it.
        settings: The log level, and where to serve metrics.
        roles: The roles by name; the command line can name several.
        commands: The commands by name; a command gets the rest of the command line.
        closing: Called in this order at the very end, to close what was shared.
        arguments: The command line; the process's own when left out.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    commands = commands or {}
    telemetry.configure_logs(name, settings.log_level)
    _tune_garbage_collection()
    if words and words[0] in commands:
        return _run(_command(commands[words[0]], words[1:], closing))
    if not words or not set(words) <= set(roles):
        sys.stderr.write(f"usage: python -m services.{name} {_usage(roles, commands)}\n")
        return EXIT_USAGE
    return _run(_run_roles(name, settings, {word: roles[word] for word in words}, closing))


async def _run_roles(
    name: str,
    settings: ProcessSettings,
    roles: Mapping[str, Role],
    closing: Sequence[CloseFunction],
) -> int:
    stop = asyncio.Event()
    _stop_on_signals(stop)
    async with _stop_with_parent(stop), telemetry.reporting(name, settings):
        tasks = {
            asyncio.create_task(role(stop), name=role_name): role_name
            for role_name, role in roles.items()
        }
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        ended_early = [task for task in tasks if task.done()] if not stop.is_set() else []
        stop.set()
        waiting.cancel()
        _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
        for task in late:
            _log.error("role did not stop in time", extra={"role": tasks[task]})
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await _close(closing)
    return _exit_code(list(tasks.values()), outcomes, [tasks[task] for task in ended_early])


def _tune_garbage_collection() -> None:
    """Have the collector leave imported modules alone, and look at young objects less often.

    Nearly all of a request's objects die by their reference counts. Looking for cycles among them
    every 700 took a tenth of the CPU of a check-in, and a look at everything paused it for 0.1 s.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def _exit_code(
    names: Sequence[str], outcomes: Sequence[BaseException | None], ended_early: Sequence[str]
) -> int:
    """Log which roles failed or ended early, and return the exit code of the process."""
    failed = bool(ended_early)
    for name, outcome in zip(names, outcomes, strict=True):
        if isinstance(outcome, Exception):
            _log.critical("role failed", exc_info=outcome, extra={"role": name})
            failed = True
            if isinstance(outcome, SettingsError):
                sys.stderr.write(f"{outcome}\n")
                return EXIT_SETTINGS
        elif isinstance(outcome, asyncio.CancelledError):
            failed = True
        elif name in ended_early:
            _log.critical("role ended before it was to stop", extra={"role": name})
    return EXIT_FAILED if failed else EXIT_OK


async def _command(
    command: Command, arguments: Sequence[str], closing: Sequence[CloseFunction]
) -> int:
    try:
        return await command(arguments)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_SETTINGS
    except Exception:
        _log.critical("command failed", exc_info=True)
        return EXIT_FAILED
    finally:
        await _close(closing)


async def _close(closing: Sequence[CloseFunction]) -> None:
    for close in closing:
        try:
            await asyncio.wait_for(close(), _CLOSE_SECONDS)
        except Exception:
            _log.warning("closing failed", exc_info=True)


def _run(work: Coroutine[Any, Any, int]) -> int:
    """Run on uvloop where it exists."""
    try:
        import uvloop

        loop_factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    except ImportError:
        loop_factory = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(work)


def _stop_on_signals(stop: asyncio.Event) -> None:
    """Stop on the first SIGTERM or SIGINT; on a second, exit at once."""

    def on_signal() -> None:
        if stop.is_set():
            os._exit(EXIT_FAILED)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal)


def end_with_parent() -> None:
    """Have the kernel send a SIGTERM when the process that started this one ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextlib.asynccontextmanager
async def _stop_with_parent(stop: asyncio.Event) -> AsyncIterator[None]:
    """With DIE_WITH_PARENT=1, stop when the process that started this one has ended."""
    if os.environ.get("DIE_WITH_PARENT") != "1":
        yield
        return
    end_with_parent()
    parent = os.getppid()

    async def watch() -> None:
        while os.getppid() == parent and parent != 1:  # noqa: ASYNC110 - no event to wait for
            await asyncio.sleep(_PARENT_SECONDS)
        _log.warning("parent process has ended")
        stop.set()

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()


def _usage(roles: Mapping[str, Role], commands: Mapping[str, Command]) -> str:
    return " | ".join([f"[{'|'.join(roles)}]…", *commands])
