"""The board: a day's habits as the chat shows them, in pages, open ones first."""

from dataclasses import dataclass
from datetime import date, timedelta
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
from services.notifications.domain.event_data import Streak, Unit
from services.notifications.domain.i18n import day_text, gettext
from services.notifications.domain.messages import (
    LONGEST_TEXT,
    amount_text,
    missing_text,
    streak_text,
)
from services.notifications.domain.titles import fitted, shown

PAGE_SIZE = 8
BOARD = "board"
"""Before the callback data of a button that shows another day or page."""

_ONE, _FIVE = Decimal(1), Decimal(5)


class ItemState(StrEnum):
    """The state of a habit on the day."""

    OPEN = "open"
    MET = "met"
    SKIPPED = "skipped"
    PAUSED = "paused"
    MISSED = "missed"


_SIGNS = {
    ItemState.MET: "✅",
    ItemState.OPEN: "⬜",
    ItemState.SKIPPED: "⏭",
    ItemState.PAUSED: "⏸",
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
    """Of the day, for a button that takes its last change back; 0 when nothing is recorded."""
    recorded: bool = False
    """Whether anything is recorded on the day."""
    day_amount: Decimal = Decimal(0)
    """What is recorded on the day itself; 0 for yes-or-no."""

    @property
    def missing(self) -> Decimal:
        """How much more is asked; 0 when it is enough, and for a limit."""
        return (
            Decimal(0)
            if self.measure is Measure.LIMIT
            else max(self.asked - self.amount, Decimal(0))
        )

    def action(self, kind: ButtonKind, day: date, *, page: int = 0) -> ButtonAction:
        """Return what a button for this habit stands for."""
        return ButtonAction(
            kind=kind,
            habit_id=self.habit_id,
            logical_date=day,
            measure=self.measure,
            message_kind=MessageKind.TODAY,
            page=page,
        )


@dataclass(frozen=True, slots=True)
class Today:
    """A person's habits of one day, by position."""

    day: date
    items: tuple[TodayItem, ...]
    due: int
    met: int
    latest: bool = True
    """Whether the day is the person's today, after which there is nothing to record."""

    def find(self, habit_id: UUID) -> TodayItem | None:
        """Return the item of a habit; None when it is not on the day's list."""
        return next((item for item in self.items if item.habit_id == habit_id), None)

    @property
    def perfect(self) -> bool:
        """Whether something was due on the day itself, and nothing on the list is left to do.

        A week or a month is no day: one that is met makes no perfect day, as in analytics, but
        while its total is open not everything is done.
        """
        of_day = any(it.streak.unit is Unit.DAY and it.state is ItemState.MET for it in self.items)
        is_open = any(it.state is ItemState.OPEN for it in self.items)
        return of_day and not is_open and self.due == self.met

    @property
    def page_count(self) -> int:
        """How many pages the board has; at least one."""
        return max((len(self.items) + PAGE_SIZE - 1) // PAGE_SIZE, 1)

    def page(self, number: int) -> tuple[TodayItem, ...]:
        """Return the items of a page, open ones first; of a page past the end, the last one's."""
        ordered = sorted(self.items, key=lambda item: item.state is not ItemState.OPEN)
        first = min(max(number, 0), self.page_count - 1) * PAGE_SIZE
        return tuple(ordered[first : first + PAGE_SIZE])


def today_text(today: Today, page: int = 0) -> str:
    """Return a page of the board in words, at most what one message holds."""
    day = day_text(today.day)
    if not today.items:
        nothing = gettext("Nothing is due. Enjoy the day!")
        more = gettext("/new makes a habit, /habits shows yours.")
        return f"📅 {day}\n\n{nothing}\n\n{more}"
    done = gettext("{met} of {due} done").format(met=today.met, due=today.due)
    lines = [f"📅 {day} · {done}", ""]
    lines += [_line(item) for item in today.page(page)]
    if today.perfect:
        lines += ["", gettext("🎉 A perfect day: everything is done!")]
    return fitted("\n".join(lines), LONGEST_TEXT)


def today_buttons(today: Today, page: int = 0) -> Buttons:
    """Return a row for each habit of the page, and one that leads to other days and pages."""
    page = min(max(page, 0), today.page_count - 1)
    rows = [_row(item, today.day, page) for item in today.page(page)]
    return (*(row for row in rows if row), _navigation(today, page))


def board_data(day: date, page: int) -> str:
    """Return the callback data of a button that shows a day's page."""
    return f"{BOARD}:{day:%Y%m%d}:{page}"


def _line(item: TodayItem) -> str:
    texts = [f"{_SIGNS[item.state]} {shown(item.title)}"]
    if item.measure is Measure.LIMIT:
        texts.append(
            gettext("{amount} of at most {limit}").format(
                amount=amount_text(item.amount, ""),
                limit=amount_text(item.asked, item.unit, genitive=True),
            )
        )
    elif item.missing > 0 and item.state is ItemState.OPEN:
        texts.append(missing_text(item.missing, item.unit))
    if item.streak.length > 1:
        texts.append(f"🔥 {streak_text(item.streak)}")
    return " · ".join(texts)


def _row(item: TodayItem, day: date, page: int) -> tuple[Button, ...]:
    """Return the buttons of a habit: the one with the title first."""
    action = item.action(ButtonKind.DONE, day, page=page)
    note = button("📝", action.with_kind(ButtonKind.NOTE))
    if item.state is not ItemState.OPEN and item.measure is not Measure.LIMIT:
        if not item.recorded:
            return ()
        undo = action.with_kind(ButtonKind.UNDO, revision=item.revision)
        label = gettext("↩️ Undo {title}").format(title=item.title)
        return (button(label, undo), *_amounts(item, action, whole=False), note)
    if item.measure is Measure.YES_NO:
        done = button(f"✅ {item.title}", action)
        return (done, button("⏭", action.with_kind(ButtonKind.SKIP)), note)
    if item.measure is Measure.LIMIT:
        one = action.with_kind(ButtonKind.ADD, value=_ONE)
        first = button(f"{item.title} +1", one)
        undo = action.with_kind(ButtonKind.UNDO, revision=item.revision)
        back = (button("↩️", undo),) if item.recorded else ()
        return (first, *_amounts(item, action, whole=False), *back)
    return (
        button(f"✅ {item.title}", action),
        *_amounts(item, action, whole=True),
        button("⏭", action.with_kind(ButtonKind.SKIP)),
    )


def _amounts(item: TodayItem, action: ButtonAction, *, whole: bool) -> tuple[Button, ...]:
    """Return buttons that add amounts; with `whole`, one for 1 as well."""
    if item.measure is Measure.YES_NO:
        return ()
    other = button("…", action.with_kind(ButtonKind.ADD_OTHER))
    values = [_ONE, _FIVE] if whole else [_FIVE] if item.measure is Measure.LIMIT else []
    adds = (button(f"+{value}", action.with_kind(ButtonKind.ADD, value=value)) for value in values)
    return (*adds, other)


def _navigation(today: Today, page: int) -> tuple[Button, ...]:
    before, after = today.day - timedelta(days=1), today.day + timedelta(days=1)
    row = [Button(f"◀ {day_text(before)}", board_data(before, 0))]
    if today.page_count > 1:
        following = (page + 1) % today.page_count
        label = f"{page + 1}/{today.page_count} ▾"
        row.append(Button(label, board_data(today.day, following)))
    if not today.latest:
        row.append(Button(f"{day_text(after)} ▶", board_data(after, 0)))
    return tuple(row)
