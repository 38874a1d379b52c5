"""How large the body of a request may be."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_UNCOMPRESSED = {"Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """How large a request's body may be, and what helps whoever has a larger one."""

    most_bytes: int
    help: str = "Send less at once."

    def refusal(self) -> HTTPException:
        """Return the error that answers a larger body."""
        size = self.most_bytes
        most = f"{size >> 20} MB" if size >= 1 << 20 else f"{size} bytes"
        sentence = f"The body is too large: it may have {most}. {self.help}"
        return HTTPException(413, sentence, headers={"Connection": "close"})


class BodyLimitMiddleware:
    """Refuses a body that is too large, by its Content-Length or while it is received.

    A compressed one is refused too: it would be as large as its sender likes.
    """

    def __init__(self, app: ASGIApp, *, limit: BodyLimit, limits: Mapping[str, BodyLimit]) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], self._limit)
        is_too_large = is_compressed = False
        for name, value in scope["headers"]:
            if name == b"content-length":
                is_too_large = value.isdigit() and int(value) > limit.most_bytes
            elif name == b"content-encoding":
                is_compressed = value.strip().lower() not in (b"", b"identity")
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if is_too_large:
                raise limit.refusal()
            if is_compressed:
                raise HTTPException(415, headers=_UNCOMPRESSED)
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit.most_bytes:
                raise limit.refusal()
            return message

        await self._app(scope, receive_within_limit, send)
