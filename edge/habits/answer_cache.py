"""Keeps answers about a person's habits, and serves them for as long as they are exact.

Before each answer the habits service is asked whether anything
the answer is computed from was changed since it was kept; what came together is asked in one call.
A change that was answered is therefore in every later answer, whichever process made it. An answer
belongs to one person and is served to nobody else; the service verifies the token of each request.

Asking costs a call, which a first look need not pay: an answer is kept when it is asked for again.
After a write of the person, what was kept is of no use, and the next look is a first one.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

import grpc
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.caller import Caller
from chassis.context import current_context
from contracts.habits.v1.progress_service_pb2 import (
    BatchCheckStateVersionsRequest,
    StateVersionCheck,
    StateVersionResult,
)
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from edge.exchange import Answer
from edge.habits.coalesce import Coalescer

MAX_BYTES = 32 * 1024 * 1024
"""How much is kept; then what was used least recently is dropped."""
MAX_ANSWER_BYTES = 256 * 1024
"""A longer answer is not kept."""

MOST_PEOPLE = 20_000
"""Of how many people it is remembered what they asked for."""
MOST_ASKED = 100
"""How many requests of one person are remembered."""

_OVERHEAD_BYTES = 500
"""What an entry takes beside its body, about."""
_CHECK_SECONDS = 2.0
"""A check that takes longer is given up: the route asks, and waits as long as requests may."""
_ETAG_BYTES = 16
_PATHS = re.compile(r"/v1/(?:today|habits|habits/[0-9a-f-]{36}/progress)")

type Key = tuple[UUID, str, bytes]
"""The person, the path and the query."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The response to one request of one person, and the state version it was asked for after."""

    version: bytes
    body: bytes
    etag: bytes
    content_type: bytes
    route: Any
    """What served it, for metrics."""


class AnswerCache:
    """Serves kept answers that are unchanged, and keeps those of the routes.

    Args:
        app: What computes the answers.
        progress: Checks state versions.
    """

    def __init__(self, app: ASGIApp, *, progress: ProgressServiceStub) -> None:
        self._app = app
        self._progress = progress
        self._checks = Coalescer(self._check)
        self._answers: OrderedDict[Key, _Answer] = OrderedDict()
        self._bytes = 0
        self._asked: OrderedDict[UUID, set[Key]] = OrderedDict()

    async def serve(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request whose answer is kept by a key, as from `key_of`."""
        kept = self._answers.get(key)
        if kept is None and not self._was_asked(key):
            await self._compute(key, None, scope, receive, send)
            return
        check = StateVersionCheck(
            access_token=current_context().token, state_version=kept.version if kept else b""
        )
        try:
            result = await self._checks.submit(check)
        except grpc.aio.AioRpcError:
            result = StateVersionResult()  # the route meets the same trouble, and says so
        if not result.state_version:
            await self._app(scope, receive, send)
        elif kept is not None and result.unchanged:
            if key in self._answers:
                self._answers.move_to_end(key)
            scope["route"] = kept.route
            await _response_of(scope, kept)(scope, receive, send)
        else:
            await self._compute(key, result.state_version, scope, receive, send)

    async def _check(self, checks: list[StateVersionCheck]) -> Sequence[StateVersionResult]:
        request = BatchCheckStateVersionsRequest(checks=checks)
        call = self._progress.BatchCheckStateVersions(request, timeout=_CHECK_SECONDS)
        return (await call).results

    def _was_asked(self, key: Key) -> bool:
        """Return whether a request came before, since the person last wrote; remember it."""
        asked = self._asked.setdefault(key[0], set())
        self._asked.move_to_end(key[0])
        if key in asked:
            return True
        if len(asked) >= MOST_ASKED:
            asked.clear()
        asked.add(key)
        if len(self._asked) > MOST_PEOPLE:
            self._asked.popitem(last=False)
        return False

    def forget(self, person: UUID) -> None:
        """Drop what a write of the person may have changed."""
        for key in self._asked.pop(person, ()):
            self._drop(key)

    def _drop(self, key: Key) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            self._bytes -= len(dropped.body) + _OVERHEAD_BYTES

    async def _compute(
        self, key: Key, version: bytes | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Have the route answer, and send that with its entity tag; keep it if it has a version."""
        start: Message = {}
        body = bytearray()

        async def send_or_keep(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            if start.get("status") != 200:
                await send(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    headers = dict(start["headers"])
                    answer = _Answer(
                        version or b"",
                        bytes(body),
                        _etag_of(body),
                        headers.get(b"content-type", b"application/json"),
                        scope.get("route"),
                    )
                    if version is not None:
                        self._keep(key, answer)
                    await _response_of(scope, answer)(scope, receive, send)

        await self._app(scope, receive, send_or_keep)

    def _keep(self, key: Key, answer: _Answer) -> None:
        self._drop(key)
        if len(answer.body) > MAX_ANSWER_BYTES:
            return
        self._answers[key] = answer
        self._bytes += len(answer.body) + _OVERHEAD_BYTES
        while self._bytes > MAX_BYTES:
            self._drop(next(iter(self._answers)))


def key_of(scope: Scope, caller: Caller | None) -> Key | None:
    """Return what an answer is kept by; None for a request that always goes to its route."""
    if caller is None or scope["method"] != "GET" or not _PATHS.fullmatch(scope["path"]):
        return None
    return caller.id, scope["path"], scope["query_string"]


def _etag_of(body: bytes | bytearray) -> bytes:
    return b'"' + blake2b(body, digest_size=_ETAG_BYTES).hexdigest().encode() + b'"'


def _response_of(scope: Scope, answer: _Answer) -> Answer:
    """Return the response with an answer; without content to a client that has it already."""
    known = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    etag = (b"etag", answer.etag)
    if answer.etag in known:
        return Answer(b"", 304, (etag,))
    content_type = (b"content-type", answer.content_type)
    length = (b"content-length", b"%d" % len(answer.body))
    return Answer(answer.body, 200, (etag, content_type, length))
