"""Says what is wrong with a request that does not have the form its route asks for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chassis.errors import Violation

TEXT_UNREADABLE = "text_unreadable"
"""The type of a validation error about text that cannot be stored."""

WALL_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
"""The pattern of a time of day."""

_NO_TEXT = "holds a character that is no text (U+0000 or a lone surrogate); leave it out"
_NUMBER = "must be a number, with a point and no comma, such as 1.5"
_MESSAGES: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    TEXT_UNREADABLE: _NO_TEXT,
    "string_unicode": _NO_TEXT,
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number, and is far too large",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a finite number",
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
}
_PATTERNS = {WALL_TIME: "must be a time of day, such as 21:00"}
"""What a text of a pattern is, in words."""
_WITH_LIMIT: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda ctx: f"must be at least {ctx['ge']}",
    "less_than_equal": lambda ctx: f"must be at most {ctx['le']}",
    "string_too_long": lambda ctx: f"has at most {ctx['max_length']} characters",
    "string_too_short": lambda ctx: f"has at least {ctx['min_length']} characters",
    "too_long": lambda ctx: f"has at most {ctx['max_length']} items",
    "too_short": lambda ctx: f"has at least {ctx['min_length']} items; leave it out for none",
    "literal_error": lambda ctx: f"must be {ctx['expected']}",
    "enum": lambda ctx: f"must be {ctx['expected']}",
    "string_pattern_mismatch": lambda ctx: _PATTERNS.get(
        ctx["pattern"], f"must match {ctx['pattern']}"
    ),
}
_HEADER = "header"
_JSON_INVALID = "json_invalid"


def violations_of(errors: Sequence[Mapping[str, Any]], body: Any = None) -> list[Violation]:
    """Return validation errors as violations, without the values sent: they may be passwords.

    Args:
        errors: As pydantic gives them, each with `loc`, `type`, `msg` and `ctx`.
        body: The text of a body that is no JSON.
    """
    return [_violation(error, body) for error in errors]


def sentence_of(violations: Sequence[Violation]) -> str:
    """Return the first violation as a sentence."""
    first = violations[0]
    wrong = f"`{first.field}` {first.message}" if first.field else first.message
    return f"The request cannot be read: {wrong}."


def place_in(text: str, position: int) -> str:
    """Return a position in a text as line and column, counted from 1."""
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"line {line}, column {column}"


def _violation(error: Mapping[str, Any], body: Any) -> Violation:
    where, *path = error["loc"]
    if error["type"] == _JSON_INVALID:
        return Violation("", _json_message(error, body))
    message = _message(error)
    if not path:
        return Violation("", f"the {where} {message}")
    if where == _HEADER:
        return Violation(str(path[0]).title(), message)
    index = error.get("ctx", {}).get("index")
    return Violation(_path(path if index is None else [*path, index]), message)


def _message(error: Mapping[str, Any]) -> str:
    kind: str = error["type"]
    if kind in _WITH_LIMIT:
        return _WITH_LIMIT[kind](error["ctx"])
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    message: str = error["msg"]
    return message.removeprefix("Value error, ")


def _json_message(error: Mapping[str, Any], body: Any) -> str:
    """Return where and why a body is no JSON."""
    position, why = error["loc"][-1], error.get("ctx", {}).get("error", "it cannot be parsed")
    if not isinstance(body, str) or not isinstance(position, int):
        return f"the body is not valid JSON: {why}"
    return f"the body is not valid JSON at {place_in(body, position)}: {why}"


def _path(steps: Sequence[str | int]) -> str:
    """Return a path as `reminders[0].time`."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else step
    return path.encode("utf-8", "replace").decode()
