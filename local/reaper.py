"""Nothing stays behind: a tiny shell that outlives its starter only to end the starter's children.

A supervisor killed with -9 cannot stop anybody. The reaper notices, because the pipe it reads from
ends, and stops every process it was told of. It needs nothing but a POSIX shell, so it works where
Linux's parent-death signal does not exist or was lost in a fork.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence

SCRIPT = r"""
trap '' INT TERM HUP
alive() { kill -s 0 -- "-$1" 2>/dev/null; } # dash takes no -- after -0
known=
while read -r verb leader signal; do
  case $verb in
    +) known="$known $leader:$signal" ;;
    -) kept=; for one in $known; do [ "${one%%:*}" = "$leader" ] || kept="$kept $one"; done
       known=$kept ;;
  esac
done
for one in $known; do kill -s "${one#*:}" "${one%%:*}" 2>/dev/null; done
tenths=0
while [ "$tenths" -lt 80 ]; do
  left=; for one in $known; do alive "${one%%:*}" && left=yes; done
  [ "$left" ] || exit 0
  sleep 0.1; tenths=$((tenths + 1))
done
for one in $known; do kill -s KILL -- "-${one%%:*}" 2>/dev/null; done
"""


class Reaper:
    """Ends the processes it was told of when this process is gone, however it went."""

    def __init__(self, *, hold: Sequence[int] = ()) -> None:
        """Start the shell; it keeps the files of `hold` open for as long as it lives."""
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=hold,
            text=True,
        )

    def learn(self, leader: int, stop_signal: signal.Signals) -> None:
        """Remember a child that leads a process group of its own, and how to ask it to stop."""
        self._tell(f"+ {leader} {stop_signal.name.removeprefix('SIG')}\n")

    def forget(self, leader: int) -> None:
        """Drop a child that has ended."""
        self._tell(f"- {leader}\n")

    def close(self) -> None:
        """Let the reaper go; whatever it still knows is stopped."""
        if self._shell.stdin:
            self._shell.stdin.close()
        self._shell.wait(timeout=15)

    def _tell(self, line: str) -> None:
        if self._shell.stdin:
            self._shell.stdin.write(line)
            self._shell.stdin.flush()
