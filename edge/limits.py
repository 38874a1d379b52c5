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

from starlette.responses import Response
from starlette.types import Scope

from chassis.context import current_context
from edge.browsers import Headers
from edge.exchange import Exchange
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
    _quoted_kind: bytes = field(init=False)
    _policy: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._quoted_kind = f'"{self.kind}"'.encode()
        window = math.ceil(self.burst / self.per_second) if self.burst else 0
        self._policy = b"%b;q=%d;w=%d" % (self._quoted_kind, self.burst, window)

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

    def headers(self, left: float) -> Headers:
        """Return the RateLimit fields of a response (draft-ietf-httpapi-ratelimit-headers)."""
        rest = max(left, 0)
        reset = math.ceil((self.burst - rest) / self.per_second)
        return (
            (b"ratelimit-policy", self._policy),
            (b"ratelimit", b"%b;r=%d;t=%d" % (self._quoted_kind, rest, reset)),
        )


class PersonLimits:
    """Refuses requests of a person who sends too many, and tells how many are left.

    Args:
        writes_per_second: Writes of one person; also how many at once.
        reads_per_second: Expensive reads of one person, on average.
        reads_burst: Expensive reads of one person at once.
        verifies: Whether tokens were verified before; one that was not valid is nobody's then.
    """

    def __init__(
        self, *, writes_per_second: int, reads_per_second: int, reads_burst: int, verifies: bool
    ) -> None:
        self._verifies = verifies
        self._writes = Limit("writes", writes_per_second, writes_per_second)
        self._reads = Limit("expensive reads", reads_burst, reads_per_second)

    def take(self, scope: Scope, exchange: Exchange) -> Response | None:
        """Take one request of its person, and have the response tell what is left.

        Returns:
            The refusal of a request that is one too many.
        """
        limit = self._limit_of(scope)
        person = self._person_of(scope) if limit is not None and limit.burst else ""
        if limit is None or not person:
            return None
        left = limit.take(person, time.monotonic())
        exchange.rate_limit = limit.headers(left)
        if left >= 0:
            return None
        return too_many_requests(scope["path"], wait=timedelta(seconds=-left / limit.per_second))

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
