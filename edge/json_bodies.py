"""Reads JSON bodies whose objects hold every member once (RFC 8259, 4: names should be unique)."""

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

MEMBER_TWICE = "is there twice; send it once"


class DuplicateMemberError(ValueError):
    """An object of a JSON body has two members of the same name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class StrictRequest(Request):
    """A request whose JSON body holds every member once."""

    async def json(self) -> Any:
        """Return the body.

        Raises:
            DuplicateMemberError: A name is there twice: which of the two is meant is unclear.
        """
        if not hasattr(self, "_json"):
            self._json = json.loads(await self.body(), object_pairs_hook=_members)
        return self._json


class StrictRoute(APIRoute):
    """A route that reads its body as a `StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, given such a request."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return handle


Router = partial(APIRouter, route_class=StrictRoute)
"""Makes a router of such routes: every module with routes that take a body has one."""


def _members(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object.

    Raises:
        DuplicateMemberError: A name is there twice.
    """
    members = dict(pairs)
    if len(members) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise DuplicateMemberError(counts.most_common(1)[0][0])
    return members
