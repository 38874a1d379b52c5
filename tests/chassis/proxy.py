"""A TCP proxy that injects faults between a process and a server that it depends on."""

import asyncio
import contextlib
from enum import Enum
from urllib.parse import parse_qs, urlsplit, urlunsplit


class Mode(Enum):
    """What the proxy does with the bytes."""

    PASS = "pass"
    FROZEN = "frozen"
    """Nothing gets through and no connection is closed: a silent partition."""
    LOST_RESPONSES = "lost responses"
    """Requests arrive and responses are lost: work is done and its confirm never comes."""


class FaultProxy:
    """Listens on a free port of loopback and passes on to a server, as its mode says."""

    def __init__(self, server_url: str) -> None:
        self._url = urlsplit(server_url)
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.mode = Mode.PASS
        self.responses_left = 0
        """Parts of responses that still get through before the others are lost."""
        self.connections = 0

    async def __aenter__(self) -> "FaultProxy":
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        self.cut()

    @property
    def url(self) -> str:
        """The server's URL, by way of here; one on a unix socket is Redis."""
        assert self._server
        here = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        if self._url.scheme == "unix":
            number = parse_qs(self._url.query).get("db", ["0"])[0]
            return f"redis://{here}/{number}"
        user, at, _ = self._url.netloc.rpartition("@")
        return urlunsplit(self._url._replace(netloc=f"{user}{at}{here}"))

    def cut(self) -> None:
        """Reset every connection."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            up_reader, up_writer = await self._open()
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, up_writer}
        await asyncio.gather(
            self._pump(reader, up_writer, answers=False),
            self._pump(up_reader, writer, answers=True),
        )

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._url.scheme == "unix":
            return await asyncio.open_unix_connection(self._url.path)
        default = {"redis": 6379}.get(self._url.scheme, 5672)
        return await asyncio.open_connection(
            self._url.hostname or "127.0.0.1", self._url.port or default
        )

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while data := await reader.read(65_536):
                if not self._loses(answers=answers):
                    writer.write(data)
                    await writer.drain()
        writer.transport.abort()

    def _loses(self, *, answers: bool) -> bool:
        if self.mode is not Mode.LOST_RESPONSES or not answers:
            return self.mode is Mode.FROZEN
        self.responses_left -= 1
        return self.responses_left < 0
