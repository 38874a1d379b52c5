"""Cuts off slow clients: each part of a request has to arrive in time, and responses must be read.

uvicorn itself waits forever for headers and bodies, so that a few thousand idle sockets would take
every connection from honest clients. Nor does it know whole responses of ours, whose headers need
no check: they are written at once.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from edge.exchange import WHOLE_RESPONSE

MAX_HEADER_BYTES = 32 * 1024
_RESPONSE = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TIMEOUT = b"408 Request Timeout"
_HEADERS_TOO_LARGE = b"431 Request Header Fields Too Large"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client may take for each part of an exchange."""

    headers: timedelta = timedelta(seconds=10)
    body: timedelta = timedelta(seconds=30)
    idle: timedelta = timedelta(seconds=60)
    """Between two requests, and without reading any of a response."""


def impatient_protocol(patience: Patience) -> type[HttpToolsProtocol]:
    """Return uvicorn's HTTP protocol with time limits."""
    return type("ImpatientProtocol", (_ImpatientProtocol,), {"patience": patience})


class _ImpatientProtocol(HttpToolsProtocol):
    patience = Patience()
    _deadline: asyncio.TimerHandle | None = None
    _read_deadline: asyncio.TimerHandle | None = None
    _header_bytes = 0
    _in_headers = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect(self.patience.headers)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        self._stop_read_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_headers:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._in_headers and self._header_bytes > MAX_HEADER_BYTES:
            self._refuse(_HEADERS_TOO_LARGE)
        elif self._deadline is None and not self.transport.is_closing():
            # Only now: most requests come at once, and need no timer.
            if not self._in_headers:
                self._expect(self.patience.body)
            elif self._header_bytes:
                self._expect(self.patience.headers)

    def on_headers_complete(self) -> None:
        received, self._in_headers, self._header_bytes = self._header_bytes, False, 0
        if received > MAX_HEADER_BYTES and _size_of(self.headers) > MAX_HEADER_BYTES:
            self._refuse(_HEADERS_TOO_LARGE)  # they came at once, perhaps with a body
            return
        self._cancel()
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.scope["extensions"] = {WHOLE_RESPONSE: partial(_write_whole, cycle)}  # type: ignore[dict-item]
        super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_headers = True
        self._cancel()
        if self.transport.is_closing():
            return
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._read_deadline = self.loop.call_later(
            self.patience.idle.total_seconds(), self.transport.abort
        )

    def resume_writing(self) -> None:
        self._stop_read_deadline()
        super().resume_writing()

    def _expect(self, limit: timedelta) -> None:
        """Close the connection unless what is expected arrives within the limit."""
        self._cancel()
        self._deadline = self.loop.call_later(limit.total_seconds(), self._refuse, _TIMEOUT)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _stop_read_deadline(self) -> None:
        if self._read_deadline is not None:
            self._read_deadline.cancel()
            self._read_deadline = None

    def _refuse(self, status: bytes) -> None:
        """Answer, where no response has begun, and close the connection."""
        self._cancel()
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self.transport.write(_RESPONSE % status)
        self.transport.close()


def _write_whole(cycle: RequestResponseCycle, status: int, lines: bytes, body: bytes) -> bool:
    """Send a whole response at once; return false, having sent nothing, where messages have to be.

    As the cycle itself does with messages, without looking at every header.

    Args:
        cycle: The request. Its method is not HEAD, for which the pipeline sends messages.
        status: An HTTP status that has a body of `Content-Length`, or has none at all.
        lines: The header lines, each with its line break.
        body: All of it.
    """
    is_usual = cycle.keep_alive and not cycle.flow.write_paused and not cycle.response_started
    if not is_usual or cycle.disconnected:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    date = [b"%b: %b\r\n" % header for header in cycle.default_headers]
    cycle.transport.write(b"".join([STATUS_LINE[status], *date, lines, b"\r\n", body]))
    cycle.message_event.set()
    cycle.on_response()
    return True


def _size_of(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
