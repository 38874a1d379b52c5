"""A request under way: the one place where headers are added to its response, and it is sent."""

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from edge.browsers import NO_STORE, Headers, header_set_of, lines_of

WHOLE_RESPONSE = "habits.whole_response"
"""The ASGI extension of `connections`: sends a whole response at once."""

type WriteWhole = Callable[[int, bytes, bytes], bool]
"""Takes status, header lines and body; false where it cannot, and messages have to be sent."""

_EXCHANGE = "habits.exchange"
_RATE_LIMIT = b"ratelimit"
_JSON = (b"content-type", b"application/json")


class Exchange:
    """The `send` of a request: it adds to its response, at once, what every response has.

    Args:
        scope: The request.
        send: Sends to the client.
        request_id: Of the request, without any character that a header could not have.
    """

    __slots__ = ("_request_id", "_scope", "_send", "rate_limit", "status")

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self.status = 0
        """The status of the response; 0 until it has begun."""
        self.rate_limit: Headers = ()
        """What the response tells about a limit, unless it tells of another one itself."""
        self._scope = scope
        self._send = send
        self._request_id = request_id.encode()
        scope[_EXCHANGE] = self

    async def __call__(self, message: Message) -> None:
        """Send a message of the response."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._complete(message.get("headers", ()))
        await self._send(message)

    def write(self, answer: "Answer") -> bool:
        """Send a whole answer at once; return false, having sent nothing, where that cannot be."""
        write: WriteWhole | None = self._scope.get("extensions", {}).get(WHOLE_RESPONSE)
        if write is None:
            return False
        lines = (
            lines_of((*answer.raw_headers, *self.rate_limit, (b"x-request-id", self._request_id)))
            + header_set_of(self._scope["path"], self._scope["scheme"]).lines
        )
        if not write(answer.status_code, lines, answer.body):
            return False
        self.status = answer.status_code
        return True

    def _complete(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in headers}
        common = header_set_of(self._scope["path"], self._scope["scheme"])
        complete = list(headers)
        if _RATE_LIMIT not in names:
            complete += self.rate_limit
        complete.append((b"x-request-id", self._request_id))
        complete += common.headers
        if common.is_private and NO_STORE[0] not in names:
            complete.append(NO_STORE)
        return complete


def exchange_of(scope: Scope) -> Exchange:
    """Return the exchange of a request."""
    exchange: Exchange = scope[_EXCHANGE]
    return exchange


class Answer(Response):
    """A whole response whose headers are our own, so that none has to be checked.

    It has neither `Cache-Control` nor `RateLimit`. Where nothing stands between here and the server
    it is sent at once.
    """

    def __init__(self, body: bytes, status: int, headers: Headers) -> None:
        self.status_code = status
        self.body: bytes = body
        self.raw_headers = list(headers)
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it: at once, or else as messages."""
        if not (isinstance(send, Exchange) and send.write(self)):
            await super().__call__(scope, receive, send)


def json_answer(body: bytes, status: int) -> Answer:
    """Return an answer with a JSON text."""
    length = (b"content-length", b"%d" % len(body))
    return Answer(body, status, (length, _JSON))


def replaying(message: Message, receive: Receive) -> Receive:
    """Return a `receive` that first repeats a message that was already received."""
    first: Message | None = message

    async def receive_again() -> Message:
        nonlocal first
        if first is None:
            return await receive()
        replayed, first = first, None
        return replayed

    return receive_again
