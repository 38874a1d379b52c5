"""A channel over mutual TLS that opens a new connection when its certificate was replaced."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import grpc

from chassis.rpc import deadline
from chassis.rpc.credentials import channel_credentials
from chassis.tls_files import TlsFiles

_LOOK_SECONDS = 5.0
_CLOSE_SECONDS = 30.0


class SecureChannel:
    """A channel whose calls use the current request context and the newest certificate.

    Args:
        target: `host:port`; the server's certificate must be of that host.
        options: Those of the channel.
        files: Our certificate and key, and the CA; looked at every few seconds.
        with_context: Wraps a call so that it uses the current request context.
    """

    def __init__(
        self,
        target: str,
        options: Sequence[tuple[str, Any]],
        files: TlsFiles,
        with_context: Callable[[Any, float], Callable[..., Any]],
    ) -> None:
        self._target = target
        self._options = options
        self._files = files
        self._with_context = with_context
        self._version = files.version()
        self._looked = time.monotonic()
        self._inner = self._open()
        self._closing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "SecureChannel":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        """Close the connection."""
        await self._inner.close(grace)

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return a unary call."""
        return self._call("unary_unary", deadline.DEFAULT_SECONDS, method, args, kwargs)

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return a server-streaming call."""
        return self._call("unary_stream", deadline.STREAM_SECONDS, method, args, kwargs)

    def _call(self, kind: str, seconds: float, method: str, args: Any, kwargs: Any) -> Any:
        """Return a call that is made anew on each new connection."""
        made_for: grpc.aio.Channel | None = None
        made: Callable[..., Any]

        def call(request: Any, **options: Any) -> Any:
            nonlocal made_for, made
            channel = self._current()
            if channel is not made_for:
                made = self._with_context(getattr(channel, kind)(method, *args, **kwargs), seconds)
                made_for = channel
            return made(request, **options)

        return call

    def _current(self) -> grpc.aio.Channel:
        """Return the channel; a new one when the files were replaced since the last look."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            if (version := self._files.version()) != self._version:
                before, self._inner, self._version = self._inner, self._open(), version
                task = asyncio.create_task(before.close(_CLOSE_SECONDS))
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)
        return self._inner

    def _open(self) -> grpc.aio.Channel:
        credentials = channel_credentials(self._files)
        return grpc.aio.secure_channel(self._target, credentials, options=self._options)
