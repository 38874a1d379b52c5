"""A small REST client on the standard library, for the demo."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, cast

from local.errors import UserError

REQUEST_SECONDS = 30

Json = dict[str, Any]


class RequestRefused(UserError):
    """The API answered with an error status."""

    def __init__(self, url: str, status: int, answer: str) -> None:
        super().__init__(f"{url} answered {status}: {answer[:300]}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Api:
    """A client of one server.

    Attributes:
        url: What every path is put after.
        token: The access token; None before signing in.
    """

    url: str
    token: str | None = None

    async def get(self, path: str) -> Json:
        """Return the answer to a GET."""
        return await asyncio.to_thread(self._request, "GET", path, None)

    async def post(self, path: str, body: Json) -> Json:
        """Return the answer to a POST."""
        return await asyncio.to_thread(self._request, "POST", path, body)

    async def patch(self, path: str, body: Json) -> Json:
        """Return the answer to a PATCH."""
        return await asyncio.to_thread(self._request, "PATCH", path, body)

    def _request(self, method: str, path: str, body: Json | None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  our own edge
            self.url + path, data, {"Content-Type": "application/json"}, method=method
        )
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:  # noqa: S310
                return cast(Json, json.loads(answer.read() or b"{}"))
        except urllib.error.HTTPError as error:
            raise RequestRefused(
                self.url + path, error.code, error.read().decode("utf-8", "replace")
            ) from None
