"""Paging of lists: page size and page token. A token is opaque and belongs to one request."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from google.protobuf.message import Message

from chassis.errors import InvalidArgument, Violation

DEFAULT_SIZE = 50
MAX_SIZE = 200

_DIGEST_BYTES = 8


class PageSizeNegative(InvalidArgument):
    """A page size cannot be negative."""

    def __init__(self, page_size: int) -> None:
        super().__init__(
            "The page size is negative. Leave it out, or ask for 1 to 200.",
            violations=[Violation("page_size", "must not be negative")],
            page_size=page_size,
        )


class PageTokenInvalid(InvalidArgument):
    """The page token was not issued here, or the request's other fields have changed."""

    def __init__(self) -> None:
        super().__init__(
            "The page token does not belong to this request. Start again without it.",
            violations=[Violation("page_token", "does not belong to this request")],
        )


@dataclass(frozen=True, slots=True)
class Page:
    """The requested part of a list."""

    size: int
    """At most this many items, 1 to 200."""
    after: tuple[str, ...] | None
    """The key of the last item already given; None at the start."""


def read_page(request: Message) -> Page:
    """Read `page_size` and `page_token` of a List request.

    Raises:
        PageSizeNegative: The size is below zero.
        PageTokenInvalid: The token was not given for a request with these other fields.
    """
    size: int = request.page_size  # type: ignore[attr-defined]
    token: str = request.page_token  # type: ignore[attr-defined]
    if size < 0:
        raise PageSizeNegative(size)
    after = _read_token(token, _digest(request)) if token else None
    return Page(size=min(size or DEFAULT_SIZE, MAX_SIZE), after=after)


def next_page_token(request: Message, last_key: Sequence[str]) -> str:
    """Return the token of the page that follows the item with this key."""
    key = json.dumps(list(last_key), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_digest(request) + key).decode().rstrip("=")


def _read_token(token: str, digest: bytes) -> tuple[str, ...]:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        key = json.loads(raw[_DIGEST_BYTES:])
    except ValueError:
        raise PageTokenInvalid from None
    if raw[:_DIGEST_BYTES] != digest or not isinstance(key, list):
        raise PageTokenInvalid
    return tuple(str(part) for part in key)


def _digest(request: Message) -> bytes:
    """Return a digest of the request without its paging fields."""
    query = type(request)()
    query.CopyFrom(request)
    query.ClearField("page_size")
    query.ClearField("page_token")
    data = query.SerializeToString(deterministic=True)
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()
