"""Buttons under a message, and the 64 bytes of callback data that Telegram allows for each."""

import base64
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.titles import isolated

LONGEST_DATA_BYTES = 64
LONGEST_LABEL = 40

_KEY_LENGTH = 22  # a UUID in URL-safe base 64
_DATE_LENGTH = 8
_HEAD_LENGTH = 3


class ButtonKind(StrEnum):
    """What a button does."""

    DONE = "d"
    SKIP = "s"
    LATER = "l"
    """Shows for how long a reminder can be snoozed."""
    SNOOZE = "z"
    """Snoozes by `value` minutes."""
    SNOOZE_OTHER = "y"
    """Asks for how long."""
    BACK = "b"
    """Shows the first buttons of a reminder again."""
    UNDO = "u"
    ADD = "a"
    """Adds `value` to the day."""
    ADD_OTHER = "o"
    """Asks for the amount to add."""
    NOTE = "n"
    """Asks for a note."""


class Measure(StrEnum):
    """How a day of the habit is measured: decides what done means."""

    YES_NO = "y"
    QUANTITY = "q"
    LIMIT = "m"
    """A quantity to stay below: amounts are recorded, and it is never done by a button."""


class MessageKind(StrEnum):
    """Which message the button hangs under: decides how the message looks afterwards."""

    REMINDER = "r"
    TODAY = "t"


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonAction:
    """What a button stands for. It names the day, so an answer after midnight counts for it."""

    kind: ButtonKind
    habit_id: UUID
    logical_date: date
    measure: Measure = Measure.YES_NO
    message_kind: MessageKind = MessageKind.REMINDER
    revision: int = 0
    """Of the day as the button last saw it; undo takes back this change and no other."""
    page: int = 0
    """Of the board that the button hangs under."""
    value: Decimal | None = None
    """The amount to add, or the minutes to snooze."""

    def with_kind(
        self, kind: ButtonKind, *, revision: int = 0, value: Decimal | int | None = None
    ) -> "ButtonAction":
        """Return the action of another button for the same day."""
        number = Decimal(value) if value is not None else None
        return replace(self, kind=kind, revision=revision, value=number)

    def to_data(self) -> str:
        """Return the action as callback data, at most 64 bytes."""
        key = base64.urlsafe_b64encode(self.habit_id.bytes).decode().rstrip("=")
        value = f"{self.value.normalize():f}" if self.value is not None else ""
        rest = f"{self.revision or ''};{self.page or ''};{value}".rstrip(";")
        head = f"{self.kind}{self.measure}{self.message_kind}"
        return f"{head}{key}{self.logical_date:%Y%m%d}{rest}"


def parse_button_action(data: str) -> ButtonAction | None:
    """Read callback data; None when it is none of these, or of another time."""
    head, rest = data[:_HEAD_LENGTH], data[_HEAD_LENGTH:]
    key, day = rest[:_KEY_LENGTH], rest[_KEY_LENGTH : _KEY_LENGTH + _DATE_LENGTH]
    revision, _, more = rest[_KEY_LENGTH + _DATE_LENGTH :].partition(";")
    page, _, value = more.partition(";")
    try:
        return ButtonAction(
            kind=ButtonKind(head[0:1]),
            measure=Measure(head[1:2]),
            message_kind=MessageKind(head[2:3]),
            habit_id=UUID(bytes=base64.urlsafe_b64decode(key + "==")),
            logical_date=date.fromisoformat(day),
            revision=int(revision or 0),
            page=int(page or 0),
            value=Decimal(value) if value else None,
        )
    except (ValueError, InvalidOperation):
        return None


@dataclass(frozen=True, slots=True)
class Button:
    """One button: its label and its callback data."""

    label: str
    data: str


type Buttons = tuple[tuple[Button, ...], ...]
"""Rows of buttons, top down."""

NO_BUTTONS: Buttons = ()


def button(label: str, action: ButtonAction) -> Button:
    """Return a button for an action; a label that would not fit a phone is cut."""
    return Button(cut_label(label), action.to_data())


def cut_label(label: str) -> str:
    """Return a label that fits a phone, with its directions isolated."""
    short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
    return isolated(short)
