"""A person's terminal: starts `python -m local ...`, reads what it prints, presses Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from local.ports import free_ports, is_free

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 100.0  # two cores shared with other tests; alone it takes ten
STOP_SECONDS = 45.0
LOOK_AGAIN_SECONDS = 0.05
SERVERS = ("DATABASE_URL", "REDIS_URL", "AMQP_URL", "TELEGRAM_BOT_TOKEN")


class Terminal:
    """One command that runs, and everything it has printed."""

    def __init__(self, screen: Path, *words: str, folder: Path = ROOT) -> None:
        self._screen = screen
        environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
        with screen.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local", *words],
                cwd=folder,
                env=environment | {"TZ": "Europe/London"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def shown(self) -> str:
        """Everything on the screen."""
        return self._screen.read_text(errors="replace")

    def until(self, words: str, *, within: float = START_SECONDS) -> str:
        """Wait until these words are on the screen; return all of it."""
        end = time.monotonic() + within
        while words not in self.shown:
            ended = self.process.poll() is not None and words not in self.shown
            assert not ended, f"it ended before it said {words!r}:\n{self.shown}"
            assert time.monotonic() < end, f"it never said {words!r}:\n{self.shown}"
            time.sleep(LOOK_AGAIN_SECONDS)
        return self.shown

    def processes(self) -> list[psutil.Process]:
        """Return the command's process and all below it, now."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def send(self, number: signal.Signals) -> None:
        """Send a signal, such as the SIGINT of Ctrl-C."""
        self.process.send_signal(number)

    def wait(self, *, within: float = STOP_SECONDS) -> int:
        """Wait for the end; return the exit code."""
        return self.process.wait(within)


def run(*words: str, within: float = STOP_SECONDS) -> tuple[int, str]:
    """Run a command that ends by itself; return its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "local", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=within,
        check=False,
    )
    return done.returncode, done.stdout


def two_free_ports() -> int:
    """Return the first of two neighbors that are free: one for the API, one for the chat."""
    return next(port for port in free_ports(100) if is_free(port + 1))


def still_running(
    processes: Sequence[psutil.Process], *, within: float = STOP_SECONDS
) -> list[str]:
    """Wait for processes to end; return the command lines of those that did not."""
    _, alive = psutil.wait_procs(processes, timeout=within)
    return [" ".join(one.cmdline()) for one in alive if one.is_running()]
