"""Decodes requests, and refuses those that are no message or hold text that cannot be stored.

gRPC itself answers a request that cannot be decoded with INTERNAL, and PostgreSQL refuses U+0000
with an error that looks like a bug. Both are mistakes of the caller, and are answered as such here,
for every rpc.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError, Message

from chassis.errors import InvalidArgument, Refusal
from chassis.text import TextUnreadable, is_readable

_BATCH_PREFIX = "Batch"


class RequestUndecodable(InvalidArgument):
    """The bytes of the request are no message of the rpc's type, or hold text that is no UTF-8."""

    def __init__(self) -> None:
        super().__init__(
            "The request cannot be decoded: its bytes are not a message of the type that this "
            "rpc takes, or a text in it is not UTF-8."
        )


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """Stands for a request that is refused before its servicer sees it."""

    refusal: Refusal


def refusing_decoder(
    decode: Callable[[bytes], Any] | None,
) -> Callable[[bytes], Any]:
    """Return a decoder that returns a `RefusedRequest` instead of raising or of bad text.

    The items of a `Batch…` rpc are refused one by one: its servicer checks their text itself.
    """

    def decoded(data: bytes) -> Any:
        try:
            request = decode(data) if decode is not None else data
        except DecodeError:
            return RefusedRequest(RequestUndecodable())
        # A message without a zero byte holds no U+0000: most requests are not looked at further.
        if b"\0" in data and isinstance(request, Message):
            is_batch = request.DESCRIPTOR.name.startswith(_BATCH_PREFIX)
            field = None if is_batch else find_unreadable_text(request)
            if field is not None:
                return RefusedRequest(TextUnreadable(field))
        return request

    return decoded


def find_unreadable_text(message: Message) -> str | None:
    """Return the path of the first text that cannot be stored, as `habit.tags[1]`; None without."""
    for descriptor, value in message.ListFields():
        for step, part in _parts(value):
            path = descriptor.name + step
            if isinstance(part, str) and not is_readable(part):
                return path
            if isinstance(part, Message):
                inner = find_unreadable_text(part)
                if inner is not None:
                    return f"{path}.{inner}"
    return None


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Return a field's values with the step that leads to each: of a list, of a map, or itself."""
    if isinstance(value, str | bytes | int | float | Message):
        return [("", value)]
    if hasattr(value, "items"):
        keys = [("", key) for key in value]
        return keys + [(f"[{key}]", part) for key, part in value.items()]
    return [(f"[{place}]", part) for place, part in enumerate(value)]
