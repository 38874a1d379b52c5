"""The list of today's habits as the chat shows it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import (
    Button,
    ButtonAction,
    ButtonKind,
    Buttons,
    Measure,
    MessageKind,
    button,
)
from services.notifications.domain.event_data import Streak
from services.notifications.domain.messages import LONGEST_TEXT, amount_words, streak_words

MOST_ITEMS = 30
"""That one message lists; the rest is in the app."""

_LONGEST_TITLE = 60
_NOTHING_DUE = "Nothing is due. Enjoy the day!"


class ItemState(StrEnum):
    """How a habit stands on the day."""

    MET = "met"
    OPEN = "open"
    SKIPPED = "resting"
    MISSED = "missed"


_SIGNS = {
    ItemState.MET: "✅",
    ItemState.OPEN: "⬜",
    ItemState.SKIPPED: "⏭",
    ItemState.MISSED: "❌",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayItem:
    """One habit on the list."""

    habit_id: UUID
    title: str
    measure: Measure
    state: ItemState
    streak: Streak
    amount: Decimal
    """What counts for the day, or for its unit where the goal is a total; 0 for yes-or-no."""
    asked: Decimal
    """What `amount` is held against; 0 for yes-or-no."""
    unit: str
    revision: int = 0
    """Of the day, for a button that takes its last change back."""

    @property
    def missing(self) -> Decimal:
        """How much more is asked; 0 when it is enough, and for a ceiling."""
        return (
            Decimal(0)
            if self.measure is Measure.LIMIT
            else max(self.asked - self.amount, Decimal(0))
        )

    def action(self, action: ButtonKind, day: date) -> ButtonAction:
        """Return what a button for this habit stands for."""
        return ButtonAction(
            action=action,
            habit_id=self.habit_id,
            logical_date=day,
            measure=self.measure,
            message_kind=MessageKind.TODAY,
        )


@dataclass(frozen=True, slots=True)
class Today:
    """A person's habits of one day, by position."""

    day: date
    items: tuple[TodayItem, ...]
    due: int
    met: int

    def find(self, habit_id: UUID) -> TodayItem | None:
        """Return the item of a habit; None when it is not on the day's list."""
        return next((item for item in self.items if item.habit_id == habit_id), None)


def today_text(today: Today) -> str:
    """Return the list in words, at most what one message holds."""
    day = f"{today.day:%a} {today.day.day} {today.day:%b}"
    if not today.items:
        return f"📅 {day}\n\n{_NOTHING_DUE}"
    lines = [f"📅 {day} · {today.met} of {today.due} done", ""]
    lines += [_line(item) for item in today.items[:MOST_ITEMS]]
    if len(today.items) > MOST_ITEMS:
        lines.append(f"… and {len(today.items) - MOST_ITEMS} more in the app")
    return "\n".join(lines)[:LONGEST_TEXT]


def today_buttons(today: Today, undo: ButtonAction | None = None) -> Buttons:
    """Return a row for each open habit, and one to take back what was just done."""
    rows = [
        _row(item, today.day)
        for item in today.items[:MOST_ITEMS]
        if item.state is ItemState.OPEN and item.measure is not Measure.LIMIT
    ]
    if undo is not None:
        item = today.find(undo.habit_id)
        rows.append((button(f"↩️ Undo {item.title}" if item else "↩️ Undo", undo),))
    return tuple(rows)


def _line(item: TodayItem) -> str:
    title = item.title
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1] + "…"
    dependencies = [f"{_SIGNS[item.state]} {title}"]
    if item.measure is Measure.LIMIT:
        have = f"{item.amount.normalize():f}"
        dependencies.append(f"{have} of at most {amount_words(item.asked, item.unit)}")
    elif item.missing > 0 and item.state is ItemState.OPEN:
        dependencies.append(f"{amount_words(item.missing, item.unit)} to go")
    if item.streak.length > 1:
        dependencies.append(streak_words(item.streak))
    return " · ".join(dependencies)


def _row(item: TodayItem, day: date) -> tuple[Button, ...]:
    return (
        button(f"✅ {item.title}", item.action(ButtonKind.DONE, day)),
        button("⏭ Skip", item.action(ButtonKind.SKIP, day)),
    )
