"""`/habits`: lists and cards, and what a tap on a card changes."""

from datetime import timedelta
from uuid import UUID

from services.notifications.bot.context import (
    BotServices,
    callback_request_id,
    edit_in_place,
    message_request_id,
)
from services.notifications.domain import replies
from services.notifications.domain.buttons import Button, Buttons, Measure, cut_label
from services.notifications.domain.habit_cards import HabitCard
from services.notifications.domain.i18n import gettext, ngettext
from services.notifications.domain.people import Person
from services.notifications.telegram.library import (
    CallbackData,
    Command,
    F,
    Router,
    types,
)

PAGE_SIZE = 8
_PAUSES = (3, 7, 14, 30)


class ListButton(CallbackData, prefix="hl"):
    """A button that shows a page of habits."""

    page: int
    archived: bool = False


class HabitButton(CallbackData, prefix="hb"):
    """A button of a habit's card."""

    verb: str
    habit_id: UUID
    value: str = ""


def create_router() -> Router:
    """Return the router of habits."""
    router = Router(name="habits")
    router.message.register(list_habits, Command("habits", ignore_case=True))
    router.callback_query.register(turn, ListButton.filter())
    router.callback_query.register(show_menu, HabitButton.filter(F.verb.in_({"pauses", "deletes"})))
    router.callback_query.register(change, HabitButton.filter())
    return router


async def list_habits(message: types.Message, services: BotServices, person: Person) -> None:
    """Send the first page of habits."""
    text, buttons = await _list(services, person, ListButton(page=0), message_request_id(message))
    await services.telegram.send_text(message.chat.id, text, buttons)


async def turn(
    callback: types.CallbackQuery,
    callback_data: ListButton,
    services: BotServices,
    person: Person,
) -> None:
    """Show another page in place."""
    page = await _list(services, person, callback_data, callback_request_id(callback))
    await edit_in_place(callback, services, *page)


async def change(
    callback: types.CallbackQuery,
    callback_data: HabitButton,
    services: BotServices,
    person: Person,
) -> None:
    """Do what a button of a card stands for, and show the card as it is then."""
    habit_id, request_id = callback_data.habit_id, callback_request_id(callback)
    editor = services.editor
    match callback_data.verb:
        case "pause":
            days = int(callback_data.value or 0)
            today = await editor.today(person, request_id)
            last = today + timedelta(days=days - 1) if days else None
            await editor.pause(person, habit_id, last, request_id)
        case "resume":
            await editor.resume(person, habit_id, request_id)
        case "archive":
            await editor.archive(person, habit_id, request_id)
        case "restore":
            await editor.restore(person, habit_id, request_id)
        case "delete":
            await editor.delete(person, habit_id, request_id)
            await edit_in_place(callback, services, gettext(replies.DELETED), ())
            return
    card = await editor.card(person, habit_id, request_id)
    await edit_in_place(callback, services, card.text(), card_buttons(card))


async def show_menu(
    callback: types.CallbackQuery,
    callback_data: HabitButton,
    services: BotServices,
    person: Person,
) -> None:
    """Show for how long a habit can be paused, or ask whether it shall be deleted."""
    habit_id = callback_data.habit_id
    card = await services.editor.card(person, habit_id, callback_request_id(callback))
    if callback_data.verb == "pauses":
        spans = tuple(
            _button(ngettext("{count} day", "{count} days", days), "pause", habit_id, str(days))
            for days in _PAUSES
        )
        others = (
            _button(gettext("Until I resume"), "pause", habit_id),
            _button(gettext("▶ Resume"), "resume", habit_id),
        )
        question, rows = gettext(replies.ASK_PAUSE), [spans, others]
    else:
        question = gettext(replies.ASK_DELETE)
        rows = [(_button(gettext("🗑 Yes, delete it"), "delete", habit_id),)]
    text = f"{card.text()}\n\n{question}"
    await edit_in_place(callback, services, text, (*rows, to_card(habit_id)))


def card_buttons(card: HabitCard) -> Buttons:
    """Return what can be done with a habit."""
    key = card.habit_id
    if card.archived:
        rows: list[tuple[Button, ...]] = [
            (_button(gettext("♻ Restore"), "restore", key),),
            (_button(gettext("🗑 Delete"), "deletes", key),),
        ]
    else:
        edits = [_button(gettext("✏ Title"), "title", key)]
        if card.measure is not Measure.YES_NO:
            edits.append(_button(gettext("🎯 Goal"), "amount", key))
        rows = [
            (*edits, _button(gettext("🗓 Schedule"), "schedule", key)),
            (
                _button(gettext("⏰ Reminders"), "times", key),
                _button(gettext("⏸ Pause"), "pauses", key),
            ),
            (
                _button(gettext("🗄 Archive"), "archive", key),
                _button(gettext("🗑 Delete"), "deletes", key),
            ),
        ]
    back = ListButton(page=0, archived=card.archived).pack()
    return (*rows, (Button(gettext("‹ All habits"), back),))


async def _list(
    services: BotServices, person: Person, wanted: ListButton, request_id: str
) -> tuple[str, Buttons]:
    titles = await services.editor.titles(person, request_id, archived=wanted.archived)
    pages = max((len(titles) + PAGE_SIZE - 1) // PAGE_SIZE, 1)
    page = min(max(wanted.page, 0), pages - 1)
    shown = titles[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    rows = [(_button(title, "card", habit_id),) for habit_id, title in shown]
    if pages > 1:
        following = ListButton(page=(page + 1) % pages, archived=wanted.archived).pack()
        rows.append((Button(f"{page + 1}/{pages} ▾", following),))
    label = gettext("‹ Active habits") if wanted.archived else gettext("🗄 Archive")
    rows.append((Button(label, ListButton(page=0, archived=not wanted.archived).pack()),))
    if not titles:
        empty = replies.NO_ARCHIVED if wanted.archived else replies.NO_HABITS
        return gettext(empty), tuple(rows)
    heading = gettext("🗄 Archived habits") if wanted.archived else gettext("📋 Your habits")
    return heading, tuple(rows)


def _button(label: str, verb: str, habit_id: UUID, value: str = "") -> Button:
    return Button(cut_label(label), HabitButton(verb=verb, habit_id=habit_id, value=value).pack())


def to_card(habit_id: UUID) -> tuple[Button, ...]:
    """Return the row that leads back to a habit's card."""
    return (_button(gettext("‹ Back"), "card", habit_id),)
