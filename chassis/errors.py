"""Refusals: the errors a caller may see. Raised in the domain, rendered once, at the entry point.

Exception
├── Refusal                  a caller asked for something that cannot be; never a bug
│   ├── InvalidArgument      the request cannot be read or breaks a rule of form
│   ├── Unauthenticated      nobody knows who asks
│   ├── PermissionDenied     the caller may not do this at all
│   ├── NotFound             it does not exist, or belongs to another person
│   ├── AlreadyExists        there is one already
│   ├── FailedPrecondition   the thing is in the wrong state
│   ├── Aborted              the thing has changed since it was read
│   └── ResourceExhausted    too much, too often; says when to come back
└── Unavailable              a dependency does not answer; trying again may help

A refusal is a class named after its reason, with its sentence inside:

    class HabitArchived(FailedPrecondition):
        def __init__(self, habit_id: UUID) -> None:
            super().__init__("The habit is archived. Restore it first.", habit_id=habit_id)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST_REASON = 63


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that was wrong, and the sentence that says how."""

    field: str
    message: str


class Refusal(Exception):
    """An error for the caller, with a reason that programs read and a sentence for people.

    `reason` is the class name in UPPER_SNAKE: `HabitArchived` is `HABIT_ARCHIVED`.
    `metadata` holds every value the sentence mentions, as text.
    """

    reason: ClassVar[str] = "REFUSAL"

    def __init_subclass__(cls) -> None:
        """Derive the reason from the class name."""
        super().__init_subclass__()
        cls.reason = _WORD_STARTS.sub("_", cls.__name__).upper()
        if len(cls.reason) > _LONGEST_REASON:
            raise TypeError(f"{cls.__name__}: a reason has at most {_LONGEST_REASON} characters")

    def __init__(self, message: str, **metadata: object) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = {key: str(value) for key, value in metadata.items()}


class InvalidArgument(Refusal):
    """The request cannot be read, or breaks a rule of form."""

    def __init__(
        self, message: str, *, violations: Sequence[Violation] = (), **metadata: object
    ) -> None:
        super().__init__(message, **metadata)
        self.violations = tuple(violations)


class Unauthenticated(Refusal):
    """Nobody knows who asks."""


class PermissionDenied(Refusal):
    """The caller may not do this at all."""


class NotFound(Refusal):
    """The thing does not exist, or belongs to another person; the caller cannot tell which."""


class AlreadyExists(Refusal):
    """There is one already."""


class FailedPrecondition(Refusal):
    """The thing is in the wrong state for this."""


class Aborted(Refusal):
    """The thing has changed since the caller read it."""


class ResourceExhausted(Refusal):
    """Too much, too often. `retry_after` says when it is worth coming back."""

    def __init__(self, message: str, *, retry_after: timedelta, **metadata: object) -> None:
        super().__init__(message, **metadata)
        self.retry_after = retry_after


class Unavailable(Exception):
    """A dependency (a database, a broker) does not answer. Trying again may help."""
