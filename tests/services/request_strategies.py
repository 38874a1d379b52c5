"""Hypothesis strategies for any message, read from its descriptor."""

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

MAX_DEPTH = 4
MAX_ITEMS = 3

_ODD_TEXTS = ["", " ", "x", "\0", "a\0b", "\u200b", "\u202e", "\ufeff", "*", "title", "habit.title"]
_NUMBERS = ["-1", "0", "1e999", "1,5", "1.2345", "NaN"]
_DATES = ["2026-01-14", "2026-02-30", "0000-00-00", "9999-12-31", "1900-01-01", "08:30", "24:00"]
_IDS = [
    "0198c3f2-7a4e-7c11-9a54-3f1d2b6c8e90",
    "UTC",
    "Factory",
    "ann@example.com",
    "en",
    "#2f80ed",
]
_TEXTS = st.one_of(
    st.sampled_from([*_ODD_TEXTS, *_NUMBERS, *_DATES, *_IDS]),
    st.text(max_size=20),
    st.sampled_from(["x" * 5_000, "😀" * 500]),
)
_INTEGERS = {32: 2**31, 64: 2**63}
_FLOATS = st.one_of(st.floats(), st.sampled_from([0.0, -1.0, 1e308]))


@st.composite
def messages(
    draw: DrawFn, descriptor: Descriptor, known: dict[str, Any], depth: int = 0
) -> Message:
    """Draw a message of a type.

    Args:
        draw: From hypothesis.
        descriptor: The type.
        known: Values for fields by name, such as the id of a habit that exists; drawn often.
        depth: How deep the message is in another one.
    """
    message: Any = GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if draw(st.booleans()) or (depth == 0 and field.name in known and draw(st.booleans())):
            _set(draw, message, field, known, depth)
    return message  # type: ignore[no-any-return]


def _set(
    draw: DrawFn, message: Any, field: FieldDescriptor, known: dict[str, Any], depth: int
) -> None:
    values = _values(field, known, depth)
    if values is None:
        return
    if field.is_repeated:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            return
        getattr(message, field.name).extend(draw(st.lists(values, max_size=MAX_ITEMS)))
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(draw(values))
    else:
        setattr(message, field.name, draw(values))


def _values(
    field: FieldDescriptor, known: dict[str, Any], depth: int
) -> SearchStrategy[Any] | None:
    if field.message_type is not None:
        return messages(field.message_type, known, depth + 1) if depth < MAX_DEPTH else None
    match field.type:
        case FieldDescriptor.TYPE_STRING:
            own = known.get(field.name)
            return _TEXTS if own is None else st.one_of(st.just(own), st.just(own), _TEXTS)
        case FieldDescriptor.TYPE_BYTES:
            return st.binary(max_size=20)
        case FieldDescriptor.TYPE_BOOL:
            return st.booleans()
        case FieldDescriptor.TYPE_DOUBLE | FieldDescriptor.TYPE_FLOAT:
            return _FLOATS
        case FieldDescriptor.TYPE_ENUM:
            return st.sampled_from([*range(10), 99, -1])
        case FieldDescriptor.TYPE_INT64 | FieldDescriptor.TYPE_SINT64:
            return _integers(64)
        case FieldDescriptor.TYPE_UINT32 | FieldDescriptor.TYPE_UINT64:
            return st.integers(0, 2**32 - 1)
    return _integers(32)


def _integers(bits: int) -> SearchStrategy[int]:
    end = _INTEGERS[bits]
    return st.one_of(st.sampled_from([0, 1, -1, 7, 31, end - 1, -end]), st.integers(-end, end - 1))
