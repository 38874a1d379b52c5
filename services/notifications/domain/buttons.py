"""Buttons under a message, and the 64 bytes that Telegram gives a button to remember things by."""

import base64
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

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
    UNDO = "u"


class Measure(StrEnum):
    """How a day of the habit is measured: decides what done means."""

    YES_NO = "y"
    QUANTITY = "q"
    LIMIT = "m"
    """A quantity to stay below: there is nothing to be done by a button."""


class MessageKind(StrEnum):
    """Which message the button hangs under: decides how the message looks afterwards."""

    REMINDER = "r"
    TODAY = "t"


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonAction:
    """What a button stands for. It names the day, so an answer after midnight counts for it."""

    action: ButtonKind
    habit_id: UUID
    logical_date: date
    measure: Measure = Measure.YES_NO
    message_kind: MessageKind = MessageKind.REMINDER
    revision: int = 0
    """Of the day as the button last saw it; undo takes back this change and no other."""

    def with_action(self, action: ButtonKind, *, revision: int = 0) -> "ButtonAction":
        """Return the press of another button for the same day."""
        return replace(self, action=action, revision=revision)

    def to_data(self) -> str:
        """Return the press as a button remembers it, at most 64 bytes."""
        key = base64.urlsafe_b64encode(self.habit_id.bytes).decode().rstrip("=")
        revision = str(self.revision) if self.revision else ""
        head = f"{self.action}{self.measure}{self.message_kind}"
        return f"{head}{key}{self.logical_date:%Y%m%d}{revision}"


def parse_button_action(data: str) -> ButtonAction | None:
    """Read what a button remembers; None when it is none of ours, or of another time."""
    head, rest = data[:_HEAD_LENGTH], data[_HEAD_LENGTH:]
    key, day = rest[:_KEY_LENGTH], rest[_KEY_LENGTH : _KEY_LENGTH + _DATE_LENGTH]
    try:
        return ButtonAction(
            action=ButtonKind(head[0:1]),
            measure=Measure(head[1:2]),
            message_kind=MessageKind(head[2:3]),
            habit_id=UUID(bytes=base64.urlsafe_b64decode(key + "==")),
            logical_date=date.fromisoformat(day),
            revision=int(rest[_KEY_LENGTH + _DATE_LENGTH :] or 0),
        )
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what it says and what it remembers."""

    label: str
    data: str


type Buttons = tuple[tuple[Button, ...], ...]
"""Rows of buttons, top down."""

NO_BUTTONS: Buttons = ()


def button(label: str, action: ButtonAction) -> Button:
    """Return a button for a press; a label that would not fit a phone is cut."""
    short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
    return Button(short, action.to_data())
