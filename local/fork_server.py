"""`python -m local.fork_server FD MODULE...`: imports modules once, then forks processes of ours.

Forked processes share the memory of what was imported, and need not import it again. Requests come
as JSON lines over the socket FD: number, words (module and arguments), environment, folder, log.
The answers are {"number", "pid"} for a fork, and {"pid", "code"} for an end as `waitpid` knows it.
This process has one thread and no event loop, so that a fork is safe. When the socket ends it
ends, and what it has forked is asked to stop.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ENVIRONMENT = "environment"
"""The name of the memory file that shows the environment of a forked process."""

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_LARGEST_READ = 1 << 20
_STDERR = 2


def serve(control: socket.socket) -> Mapping[str, Any] | None:
    """Fork on request until the socket ends; return None then, and in a fork what it is to run."""
    ended, wake = socket.socketpair()
    for one in (ended, wake):
        one.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    received = b""
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(ended, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if ended in ready:
                ended.recv(_LARGEST_READ)
                _report_ends(control)
            if control in ready:
                data = control.recv(_LARGEST_READ)
                if not data:
                    return None
                *lines, received = (received + data).split(b"\n")
                for line in lines:
                    request = json.loads(line)
                    pid = os.fork()
                    if not pid:
                        break
                    _send(control, {"number": request["number"], "pid": pid})
                else:
                    continue
                break
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for one in (control, ended, wake):
        one.close()
    return dict(request)


def _report_ends(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _send(control, {"pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _send(control: socket.socket, message: Mapping[str, int]) -> None:
    try:
        control.sendall(json.dumps(message).encode() + b"\n")
    except OSError:  # nobody listens any more; the next read says so too
        return


def become(request: Mapping[str, Any]) -> None:
    """Make this fork what a process of its own would be: session, folder, log and name."""
    os.setsid()
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    words: Sequence[str] = request["words"]
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for number in (1, _STDERR):
        os.dup2(log, number)
    os.close(log)
    variables = "\0".join(f"{name}={value}" for name, value in os.environ.items())
    with open(os.memfd_create(ENVIRONMENT), "wb", closefd=False) as file:
        file.write(variables.encode(errors="surrogateescape"))
    libc.prctl(_PR_SET_NAME, words[0].rpartition(".")[2].encode())
    _show_command([sys.executable, "-m", *words])
    sys.argv = [words[0], *words[1:]]


def _show_command(words: Sequence[str]) -> None:
    """Write a command line where the system reads that of this process, as far as there is room."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    begin, end = int(fields[45]), int(fields[46])
    shown = "\0".join(words).encode()[: end - begin - 1]
    ctypes.memmove(begin, shown.ljust(end - begin, b"\0"), end - begin)


def main() -> None:
    """Import, serve, and in a fork run what was asked for."""
    control = socket.socket(fileno=int(sys.argv[1]))
    gc.disable()  # a collection leaves holes, which forks would fill and so copy the pages around
    for module in sys.argv[2:]:
        importlib.import_module(module)
    gc.freeze()  # no collection of a fork touches, and so copies, what is shared
    request = serve(control)
    if request is not None:
        gc.enable()
        become(request)
        runpy.run_module(request["words"][0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
