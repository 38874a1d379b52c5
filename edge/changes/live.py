"""Server-sent events of what has changed, one stream for each tab or client."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import grpc
import orjson

from chassis.errors import ResourceExhausted, Unauthenticated
from contracts.habits.v1.delta_service_pb2 import GetDeltaResponse
from edge.changes.source import ChangeSource
from edge.changes.translate import is_empty

MAX_STREAMS = 20
"""Of one person."""
HEARTBEAT_SECONDS = 15
"""How long nothing is sent at most, so that no proxy takes the connection for dead."""

_RETRY = b"retry: 2000\n\n"


class TooManyStreams(ResourceExhausted):
    """A person follows changes with many clients already. Close some of them."""

    def __init__(self) -> None:
        super().__init__(
            f"You follow your changes {MAX_STREAMS} times already. Close some of them.",
            retry_after=timedelta(seconds=30),
        )


class LiveStreams:
    """Counts the streams of each person."""

    def __init__(self) -> None:
        self._counts: Counter[UUID | str] = Counter()

    def require_room(self, person: UUID | str) -> None:
        """Refuse one more than a person may have.

        Raises:
            TooManyStreams: There are as many as may be.
        """
        if self._counts[person] >= MAX_STREAMS:
            raise TooManyStreams

    def is_empty(self) -> bool:
        """Say whether nobody follows anything."""
        return not self._counts

    @contextmanager
    def counted(self, person: UUID | str) -> Iterator[None]:
        """Count a stream inside the block."""
        self._counts[person] += 1
        try:
            yield
        finally:
            self._counts[person] -= 1
            if not self._counts[person]:
                del self._counts[person]


async def events(
    source: ChangeSource, cursor: str, first: GetDeltaResponse
) -> AsyncIterator[bytes]:
    """Yield events until the session ends, or the edge stops.

    `changes` has a page as `/v1/changes` returns it; `reset` says that the cursor of the client
    tells nothing, so that it has to get everything again; `end` that the session is over.

    Args:
        source: Where changes come from.
        cursor: What the client has.
        first: What has changed since; empty for a client that begins now.
    """
    yield _RETRY
    delta: GetDeltaResponse | None = first
    try:
        while delta is not None:
            if delta.full:
                cursor = await source.present_cursor()
                yield _event("reset", cursor, {})
            elif is_empty(delta):
                cursor = delta.cursor
                yield f": \nid: {cursor}\n\n".encode()
            else:
                shown = await source.as_json(delta)
                cursor = shown["cursor"]
                yield _event("changes", cursor, shown)
            wait = 0 if delta.has_more and not delta.full else HEARTBEAT_SECONDS
            delta = await source.get(cursor, wait)
    except Unauthenticated as refusal:
        yield _event("end", cursor, {"reason": refusal.reason})
    except grpc.aio.AioRpcError:
        return  # the client comes back with what it has


def _event(kind: str, cursor: str, data: object) -> bytes:
    return b"event: %s\nid: %s\ndata: %s\n\n" % (
        kind.encode(),
        cursor.encode(),
        orjson.dumps(data),
    )
