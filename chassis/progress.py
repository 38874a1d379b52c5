"""Progress of a long command: a bar on a terminal, a line now and then elsewhere."""

import shutil
import sys
import time
from datetime import timedelta
from typing import TextIO

_TERMINAL_SECONDS = 0.2
_LINE_SECONDS = 10.0


class ProgressBar:
    """Shows how much is done, how fast it goes, and how long it will take.

    Args:
        unit: What is counted, as `habits`.
        total: How many there are; without it neither share nor remaining time is shown.
        out: Where to write: standard error if left out, so that results can be piped.
    """

    def __init__(self, unit: str, total: int | None = None, *, out: TextIO | None = None) -> None:
        self._unit = unit
        self._total = total
        self._out = out or sys.stderr
        self._terminal = self._out.isatty()
        self._begun = time.monotonic()
        self._next = self._begun + (0 if self._terminal else _LINE_SECONDS)
        self._done = 0

    def advance(self, count: int = 1) -> None:
        """Count some as done, and show it if it is time to."""
        self._done += count
        moment = time.monotonic()
        if moment >= self._next:
            self._next = moment + (_TERMINAL_SECONDS if self._terminal else _LINE_SECONDS)
            self._show(moment)

    def finish(self) -> None:
        """Leave the terminal's line as it is, and go to the next."""
        if self._terminal:
            self._show(time.monotonic())
            self._out.write("\n")
            self._out.flush()

    def text(self, seconds: float) -> str:
        """Return what is shown after so many seconds."""
        rate = self._done / seconds if seconds > 0 else 0.0
        shown = f"{self._done:,}"
        if self._total:
            shown += f" of {self._total:,} {self._unit} ({min(1.0, self._done / self._total):.0%})"
        else:
            shown += f" {self._unit}"
        shown += f", {rate:,.0f} a second"
        if self._total and rate and self._done < self._total:
            left = timedelta(seconds=round((self._total - self._done) / rate))
            shown += f", {left} left"
        return shown

    def _show(self, moment: float) -> None:
        text = self.text(moment - self._begun)
        if self._terminal:
            self._out.write(
                f"\r\x1b[K{self._bar()}{text}"[: shutil.get_terminal_size().columns + 4]
            )
        else:
            self._out.write(f"{text}\n")
        self._out.flush()

    def _bar(self) -> str:
        if not self._total:
            return ""
        filled = int(20 * min(1.0, self._done / self._total))
        return f"[{'█' * filled}{'·' * (20 - filled)}] "
