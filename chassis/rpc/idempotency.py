"""Idempotency by request id: a repeated request gets the stored response, and has no new effect."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import InvalidArgument, Violation

RETENTION = timedelta(hours=24)
"""How long a response is stored."""


class RequestIdInvalid(InvalidArgument):
    """A request id is a UUID."""

    def __init__(self) -> None:
        super().__init__(
            "The request id is not a UUID. Send a new UUID for each thing you ask.",
            violations=[Violation("request_id", "must be a UUID")],
        )


class RequestIdReused(InvalidArgument):
    """The request id was used for another request within the last day."""

    def __init__(self, request_id: UUID) -> None:
        super().__init__(
            "The request id was used for another request. Send a new one.",
            violations=[Violation("request_id", "was used for another request")],
            request_id=request_id,
        )


async def respond_once[R: Message](
    session: AsyncSession,
    replays: Table,
    request: Message,
    response_type: type[R],
    respond: Callable[[], Awaitable[R]],
    *,
    owner_id: UUID,
    now: datetime,
) -> R:
    """Handle a request once; when it is repeated within a day, return the stored response.

    The response is stored in the caller's transaction, so it exists if and only if the effect does.
    Concurrent repeats wait for each other. A request without `request_id` is simply handled.

    Args:
        session: The transaction the effect is written in.
        replays: The service's `replays` table.
        request: A message with a `request_id`.
        response_type: The type of the response.
        respond: Handles the request.
        owner_id: The caller; request ids of different callers are independent.
        now: The present moment.

    Raises:
        RequestIdInvalid: The id is not a UUID.
        RequestIdReused: The id was used for a request with other content.
    """
    request_id = read_request_id(request)
    if request_id is None:
        return await respond()
    content = {"method": request.DESCRIPTOR.full_name, "digest": digest(request)}
    claim = (
        insert(replays)
        .values(owner_id=owner_id, request_id=request_id, create_time=now, **content)
        .on_conflict_do_nothing()
        .returning(replays.c.request_id)
    )
    this = (replays.c.owner_id == owner_id) & (replays.c.request_id == request_id)
    if (await session.execute(claim)).first() is None:
        stored = (await session.execute(select(replays).where(this).with_for_update())).one()
        if now - stored.create_time < RETENTION:
            if stored.method != content["method"] or stored.digest != content["digest"]:
                raise RequestIdReused(request_id)
            return response_type.FromString(stored.response)
    response = await respond()
    await session.execute(
        update(replays)
        .where(this)
        .values(response=response.SerializeToString(), create_time=now, **content)
    )
    return response


def read_request_id(request: Message) -> UUID | None:
    """Return the request's id; None when it has none.

    Raises:
        RequestIdInvalid: It is not a UUID.
    """
    text: str = request.request_id  # type: ignore[attr-defined]
    try:
        return UUID(text) if text else None
    except ValueError:
        raise RequestIdInvalid from None


def digest(request: Message) -> bytes:
    """Return a 16-byte digest of the whole request."""
    data = request.SerializeToString(deterministic=True)
    return hashlib.blake2b(data, digest_size=16).digest()
