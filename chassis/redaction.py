"""Exceptions as logs may show them: database errors without the values they quote.

PostgreSQL and its drivers quote what they were given: `Key (email)=(ann@example.com) already
exists`, `invalid input syntax for type uuid: "…"`. Statements hold personal data and password
hashes, so logs show which statement failed and why, and no value.
"""

import sys
import traceback
from types import TracebackType

type ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

_NAMES = ("schema_name", "table_name", "column_name", "constraint_name")
_QUOTES_VALUES = ("22",)
"""Classes of SQLSTATE whose messages quote values: data exceptions."""
_ENCODING_ERRORS = (ValueError, TypeError, ArithmeticError)
"""Why the driver could not encode an argument, which is quoted."""


def format_exception(info: ExceptionInfo) -> str:
    """Return a traceback like Python's own, with database errors redacted in the whole chain."""
    _, error, _ = info
    if error is None:
        return ""
    shown = traceback.TracebackException.from_exception(error, compact=True)
    _redact(shown, error)
    return "".join(shown.format()).rstrip("\n")


def describe(error: BaseException) -> str:
    """Return an exception in one line, without values."""
    redacted = _redacted(error)
    return f"{type(error).__name__}: {error if redacted is None else redacted}"


def _redact(shown: traceback.TracebackException, error: BaseException) -> None:
    redacted = _redacted(error)
    if redacted is not None:
        shown._str = redacted  # type: ignore[attr-defined]  # there is no public way
        if isinstance(error.__cause__, _ENCODING_ERRORS):
            shown.__cause__ = None
        if isinstance(error.__context__, _ENCODING_ERRORS):
            shown.__context__ = None
    if shown.__cause__ is not None and error.__cause__ is not None:
        _redact(shown.__cause__, error.__cause__)
    if shown.__context__ is not None and error.__context__ is not None:
        _redact(shown.__context__, error.__context__)
    if shown.exceptions is not None and isinstance(error, BaseExceptionGroup):
        for inner, its_error in zip(shown.exceptions, error.exceptions, strict=False):
            _redact(inner, its_error)


def _redacted(error: BaseException) -> str | None:
    """Return what may be said of a database error; None for any other exception."""
    asyncpg = sys.modules.get("asyncpg")  # a process without a database never loads it
    if asyncpg is None:
        return None
    if isinstance(error, asyncpg.PostgresError):
        return _of_server(error)
    if isinstance(error, asyncpg.InterfaceError):
        return _of_driver(error)
    if _is_of_sqlalchemy(error):
        return _of_sqlalchemy(error)
    return None


def _of_server(error: BaseException) -> str:
    state = getattr(error, "sqlstate", None) or ""
    message = error.args[0] if error.args and not state.startswith(_QUOTES_VALUES) else ""
    names = [f"{name}={value}" for name in _NAMES if (value := getattr(error, name, None))]
    return " ".join(filter(None, (f"[{state}]", str(message), *names)))


def _of_driver(error: BaseException) -> str:
    """Return an error of the client side; those about arguments quote them."""
    message = str(error.args[0]) if error.args else ""
    return "invalid input for a query argument" if "query argument" in message else message


def _is_of_sqlalchemy(error: BaseException) -> bool:
    return any(
        kind.__module__.startswith(("sqlalchemy.dialects.postgresql", "sqlalchemy.exc"))
        for kind in type(error).__mro__
    )


def _of_sqlalchemy(error: BaseException) -> str:
    """Return the statement of an error; the driver's own error follows in the chain."""
    statement = getattr(error, "statement", None)
    original = getattr(error, "orig", None)
    if statement is None and original is None and not _wraps_driver(error):
        return str(error.args[0]) if error.args else ""
    cause = original.__cause__ if original is not None else error.__cause__
    reason = (cause and _redacted(cause)) or "see the cause"
    return f"{reason}\n[SQL: {statement}]" if statement else reason


def _wraps_driver(error: BaseException) -> bool:
    return type(error).__module__.startswith("sqlalchemy.dialects.postgresql")
