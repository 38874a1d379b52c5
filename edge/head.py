"""Serves HEAD wherever GET is served: the same headers, and no body (RFC 9110, 9.3.2)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOUND = ("route", "endpoint", "path_params")
"""What routing writes into the scope, for the access log and the metrics."""


async def serve_head(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Have an app serve a HEAD request as GET, and end the response after its headers."""
    is_over = False

    async def send_headers(message: Message) -> None:
        nonlocal is_over
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            is_over = True

    async def receive_or_end() -> Message:
        # A stream of events goes on until its client is gone: this one has all it asked for.
        return {"type": "http.disconnect"} if is_over else await receive()

    as_get = {**scope, "method": "GET"}  # a copy: the server must see HEAD to send no body
    try:
        await app(as_get, receive_or_end, send_headers)
    finally:
        scope.update({key: as_get[key] for key in _FOUND if key in as_get})
