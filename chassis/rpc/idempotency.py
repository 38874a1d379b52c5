"""The same request gets the same answer: answers are kept for a day, beside what they did."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Row, Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import InvalidArgument, Violation

KEPT = timedelta(hours=24)
"""How long an answer is kept."""


class RequestIdInvalid(InvalidArgument):
    """A request id is a UUID."""

    def __init__(self) -> None:
        super().__init__(
            "The request id is not a UUID. Send a new UUID for each thing you ask.",
            violations=[Violation("request_id", "must be a UUID")],
        )


class RequestIdReused(InvalidArgument):
    """The id was used for something else within the last day."""

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
    answer: type[R],
    respond: Callable[[], Awaitable[R]],
    *,
    owner_id: UUID,
    now: datetime,
) -> R:
    """Respond to a request once; asked again within a day, give the stored answer.

    The answer is kept in the caller's transaction: it is there exactly if the effect is. Two of the
    same at once wait for each other. A request without `request_id` is simply done.

    Args:
        session: The transaction the effect is written in.
        replays: The service's `replays` table.
        request: A message with a `request_id`.
        answer: The type of the response.
        respond: Does what is asked.
        owner_id: The caller; ids of different callers never meet.
        now: The present moment.

    Raises:
        RequestIdInvalid: The id is not a UUID.
        RequestIdReused: The id was used for a request that asked something else.
    """
    request_id = read_request_id(request)
    if request_id is None:
        return await respond()
    method, asked = request.DESCRIPTOR.full_name, digest(request)
    claim = (
        insert(replays)
        .values(
            owner_id=owner_id, request_id=request_id, method=method, digest=asked, create_time=now
        )
        .on_conflict_do_nothing()
        .returning(replays.c.request_id)
    )
    this = (replays.c.owner_id == owner_id) & (replays.c.request_id == request_id)
    if (await session.execute(claim)).first() is None:
        kept = (await session.execute(select(replays).where(this).with_for_update())).one()
        if now - kept.create_time < KEPT:
            _same_or_refuse(kept, request_id, method, asked)
            return answer.FromString(kept.response)
    response = await respond()
    await session.execute(
        update(replays)
        .where(this)
        .values(method=method, digest=asked, response=response.SerializeToString(), create_time=now)
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
    """Return 16 bytes that stand for everything the request asks."""
    data = request.SerializeToString(deterministic=True)
    return hashlib.blake2b(data, digest_size=16).digest()


def _same_or_refuse(
    kept: Row[tuple[object, ...]], request_id: UUID, method: str, asked: bytes
) -> None:
    if kept.method != method or kept.digest != asked:
        raise RequestIdReused(request_id)
