"""Limits how often one person writes, and reads what is expensive.

A bucket holds a second's worth of requests and refills steadily. It belongs to the person of a
verified token. Where the edge verifies none, it belongs to the token as it came: what a token says
is not trusted, so nobody can use up the requests of others. Writes of nobody, such as signing in,
belong to the address that they come from.
"""

import math
import re
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.context import current_context
from edge.problems import too_many_requests

WRITE_METHODS = frozenset(("POST", "PUT", "PATCH", "DELETE"))
"""Methods of requests that change something."""
_EXPENSIVE = re.compile(r"/v1/(?:analytics/|export|habits/[^/]+/(?:history|progress|strength))")
_MAX_BUCKETS = 50_000


@dataclass(slots=True)
class Bucket:
    """How many requests are left to somebody."""

    left: float
    at: float


@dataclass(slots=True)
class Limit:
    """A limit of one kind, for each person: `burst` requests at once, `per_second` on average."""

    kind: str
    burst: int
    per_second: float
    _buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def take(self, person: str, now: float) -> float:
        """Take one request; return how many are left, below 0 when it is one too many."""
        bucket = self._buckets.get(person)
        if bucket is None:
            if len(self._buckets) >= _MAX_BUCKETS:
                self._buckets.popitem(last=False)  # the one used least recently
            bucket = self._buckets[person] = Bucket(self.burst, now)
        else:
            self._buckets.move_to_end(person)
        bucket.left = min(self.burst, bucket.left + (now - bucket.at) * self.per_second)
        bucket.at = now
        if bucket.left < 1:
            return bucket.left - 1
        bucket.left -= 1
        return bucket.left

    def headers(self, left: float) -> list[tuple[bytes, bytes]]:
        """Return the RateLimit fields of a response (draft-ietf-httpapi-ratelimit-headers)."""
        window = math.ceil(self.burst / self.per_second)
        reset = math.ceil((self.burst - max(left, 0)) / self.per_second)
        policy = f'"{self.kind}";q={self.burst};w={window}'
        return [
            (b"ratelimit-policy", policy.encode()),
            (b"ratelimit", f'"{self.kind}";r={max(int(left), 0)};t={reset}'.encode()),
        ]


class PersonLimitMiddleware:
    """Refuses requests of a person who sends too many, and tells how many are left.

    Args:
        app: What serves the others.
        writes_per_second: Writes of one person; also how many at once.
        reads_per_second: Expensive reads of one person, on average.
        reads_burst: Expensive reads of one person at once.
        verifies: Whether tokens were verified before; one that was not valid is nobody's then.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        writes_per_second: int,
        reads_per_second: int,
        reads_burst: int,
        verifies: bool,
    ) -> None:
        self._app = app
        self._verifies = verifies
        self._writes = Limit("writes", writes_per_second, writes_per_second)
        self._reads = Limit("expensive reads", reads_burst, reads_per_second)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        limit = self._limit_of(scope) if scope["type"] == "http" else None
        person = self._person_of(scope) if limit is not None else ""
        if limit is None or not person or not limit.burst:
            await self._app(scope, receive, send)
            return
        left = limit.take(person, time.monotonic())

        async def send_with_limit(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if not any(name.lower() == b"ratelimit" for name, _ in headers):
                    headers += limit.headers(left)  # unless a limit of the route is told already
                message["headers"] = headers
            await send(message)

        if left < 0:
            wait = timedelta(seconds=-left / limit.per_second)
            response = too_many_requests(scope["path"], wait=wait)
            await response(scope, receive, send_with_limit)
            return
        await self._app(scope, receive, send_with_limit)

    def _person_of(self, scope: Scope) -> str:
        """Return whose bucket a request takes from; empty for nobody's."""
        context = current_context()
        if context.caller is not None:
            return str(context.caller.id)
        if context.token and not self._verifies:
            return context.token
        client = scope.get("client")
        return f"address {client[0]}" if client and scope["method"] in WRITE_METHODS else ""

    def _limit_of(self, scope: Scope) -> Limit | None:
        if scope["method"] in WRITE_METHODS:
            return self._writes
        return self._reads if _EXPENSIVE.match(scope["path"]) else None
