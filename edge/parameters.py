"""Query parameters and headers that routes share: pagination and the idempotency key."""

from typing import Annotated
from uuid import UUID, uuid5

from fastapi import Depends, Header, Query

from chassis.ids import uuid7

LONGEST_KEY = 255
MAX_INTEGER = 2**31 - 1
"""The largest integer of gRPC messages."""
_KEYS = UUID("5b0c1f0e-6a52-4f0f-9d3c-2a6d2f3c7a11")

PageSize = Annotated[
    int,
    Query(
        ge=0, le=MAX_INTEGER, description="How many items at most. 0 means 50; over 200 means 200."
    ),
]
PageToken = Annotated[
    str, Query(max_length=2048, description="`next_page_token` of the page before.")
]


def request_id_of(key: str | None) -> str:
    """Return the request id of an idempotency key; a new one without a key.

    Every write gets an id, so that retries between services are idempotent too.
    """
    if not key:
        return str(uuid7())
    try:
        return str(UUID(key))
    except ValueError:
        return str(uuid5(_KEYS, key))


async def _request_id(
    idempotency_key: Annotated[
        str | None,
        Header(
            max_length=LONGEST_KEY,
            description="Any text, best a UUID. For 24 hours the same key gets the same response.",
        ),
    ] = None,
) -> str:
    return request_id_of(idempotency_key)


RequestId = Annotated[str, Depends(_request_id)]
"""The parameter through which a route that writes gets its `request_id`."""
