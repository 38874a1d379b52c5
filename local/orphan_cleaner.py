"""Stops the children of a supervisor that was killed: a small shell that outlives the supervisor.

A supervisor killed with -9 cannot stop its children. The shell notices, because the pipe it reads
from ends, and stops every process it has on its list. It needs nothing but a POSIX shell, so it
works where Linux's parent-death signal does not exist or was lost in a fork.
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


class OrphanCleaner:
    """Stops the registered processes when this process is gone, even if it was killed."""

    def __init__(self, *, inherited_files: Sequence[int] = ()) -> None:
        """Start the shell, which keeps the descriptors `inherited_files` open while it runs."""
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=inherited_files,
            text=True,
        )

    def add(self, leader: int, stop_signal: signal.Signals) -> None:
        """Register a child that leads a process group of its own, and how to ask it to stop."""
        self._send(f"+ {leader} {stop_signal.name.removeprefix('SIG')}\n")

    def remove(self, leader: int) -> None:
        """Unregister a child that has ended."""
        self._send(f"- {leader}\n")

    def close(self) -> None:
        """End the shell; what is still registered is stopped."""
        if self._shell.stdin:
            self._shell.stdin.close()
        self._shell.wait(timeout=15)

    def _send(self, line: str) -> None:
        if self._shell.stdin:
            self._shell.stdin.write(line)
            self._shell.stdin.flush()
