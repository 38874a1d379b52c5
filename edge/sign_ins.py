"""Limits how many requests that have a password hashed are under way at once.

Hashing has one thread, and many sign-ins at once only wait for it: what they cost everybody else is
that each of them is checked and passed on. Those over the limit are refused before that.
"""

import math
import random
import time

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATHS = frozenset(
    (
        "/v1/auth/login",
        "/v1/auth/register",
        "/v1/me/credentials",
        "/v1/me/email",
        "/v1/me/password",
        "/v1/web/session",
        "/v1/web/session/register",
    )
)
"""Paths whose `POST` has a password hashed."""
_FIRST_SECONDS = 1.0
_MEMORY = 0.8
"""The share of the former mean in the next one."""


class SignInLimitMiddleware:
    """Refuses requests with a password while too many others are under way.

    A request counts from the end of its body: a slow client keeps nobody out.

    Args:
        app: What serves the others.
        limit: How many may be under way; 0 means any number.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit
        self._count = 0
        self._mean_seconds = _FIRST_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] not in PATHS or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        started: float | None = None

        async def receive_within_limit() -> Message:
            nonlocal started
            message = await receive()
            is_last = message["type"] == "http.request" and not message.get("more_body")
            if is_last and started is None:
                self._require_room()
                started = time.monotonic()
                self._count += 1
            return message

        try:
            await self._app(scope, receive_within_limit, send)
        finally:
            if started is not None:
                self._count -= 1
                seconds = time.monotonic() - started
                self._mean_seconds = _MEMORY * self._mean_seconds + (1 - _MEMORY) * seconds

    def _require_room(self) -> None:
        """Refuse what exceeds the limit; those who come again do so spread over a while."""
        if self._limit and self._count >= self._limit:
            wait = math.ceil(self._mean_seconds * random.uniform(1, 4))  # noqa: S311  no secret
            raise HTTPException(429, headers={"Retry-After": str(wait)})
