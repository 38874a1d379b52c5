"""The buttons of a reminder: done, amounts, skip, later, undo, each shown in place."""

from datetime import datetime, timedelta

from services.notifications.bot.context import (
    BotServices,
    callback_request_id,
    message_request_id,
)
from services.notifications.bot.reminder_answers import answering_reminder
from services.notifications.bot.states import PendingInput, ask, asked_action, remember
from services.notifications.domain import replies
from services.notifications.domain.answer_buttons import answered_buttons, snooze_buttons
from services.notifications.domain.buttons import (
    ButtonAction,
    ButtonKind,
    Buttons,
    MessageKind,
    parse_button_action,
)
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.telegram.library import F, FSMContext, Router, StateFilter, types

EVENING_HOUR = 19
_LEAST_MINUTES, _MOST_MINUTES = 5, 720
_SHOWN = (ButtonKind.LATER, ButtonKind.BACK)


def on_reminder(callback: types.CallbackQuery) -> ButtonAction | None:
    """Return the action of a button under a reminder; None for any other button."""
    action = parse_button_action(callback.data or "")
    return action if action and action.message_kind is MessageKind.REMINDER else None


def create_router() -> Router:
    """Return the router of reminders."""
    router = Router(name="reminders")
    router.callback_query.register(show_buttons, F.func(on_reminder).as_("action"), F.func(is_menu))
    router.callback_query.register(press, F.func(on_reminder).as_("action"))
    router.message.register(
        take_minutes, StateFilter(PendingInput.minutes), F.text, ~F.text.startswith("/")
    )
    return router


def is_menu(callback: types.CallbackQuery) -> bool:
    """Say whether a button only shows other buttons."""
    action = on_reminder(callback)
    return action is not None and action.kind in _SHOWN


async def show_buttons(
    callback: types.CallbackQuery, action: ButtonAction, services: BotServices, person: Person
) -> None:
    """Show for how long the reminder can be snoozed, or its first buttons again."""
    if action.kind is ButtonKind.BACK:
        buttons = answered_buttons(action, revision=0)
    else:
        minutes = minutes_until_evening(person.local(services.now()))
        buttons = snooze_buttons(action, evening_minutes=minutes)
    await _edit(services, callback.message, "", buttons)
    await services.telegram.answer_callback(callback.id)


async def press(
    callback: types.CallbackQuery,
    action: ButtonAction,
    services: BotServices,
    person: Person,
    state: FSMContext,
) -> None:
    """Do what a button of a reminder stands for, and show it in place."""
    request_id = callback_request_id(callback)
    if action.kind in (ButtonKind.ADD_OTHER, ButtonKind.SNOOZE_OTHER):
        item = None
        if action.kind is ButtonKind.ADD_OTHER:
            today = await services.habits.today(person, request_id, action.logical_date)
            item = today.find(action.habit_id)
        await ask(services, callback, state, action, item)
        return
    async with answering_reminder(services, callback, action) as answer:
        answer.result = result = await services.habits.act(person, action, request_id)
    await remember(state, action, result)
    buttons = answered_buttons(action, revision=result.revision)
    await _edit(services, callback.message, result.text, buttons)
    await services.telegram.answer_callback(callback.id, result.text)


async def take_minutes(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Snooze for the minutes that were asked for."""
    asked, text = await asked_action(state), (message.text or "").strip()
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < len("1000") else 0
    if asked is None or not _LEAST_MINUTES <= minutes <= _MOST_MINUTES:
        await services.telegram.send_text(message.chat.id, gettext(replies.MINUTES_UNCLEAR))
        return
    snooze = asked.action.with_kind(ButtonKind.SNOOZE, value=minutes)
    result = await services.habits.act(person, snooze, message_request_id(message))
    await state.set_state(None)
    await services.telegram.send_text(message.chat.id, result.text)


def minutes_until_evening(local: datetime) -> int:
    """Return the minutes until this evening; 0 when that is over, too near or too far."""
    evening = local.replace(hour=EVENING_HOUR, minute=0, second=0, microsecond=0)
    minutes = (evening - local) // timedelta(minutes=1)
    return minutes if _LEAST_MINUTES <= minutes <= _MOST_MINUTES else 0


async def _edit(
    services: BotServices,
    message: types.MaybeInaccessibleMessageUnion | None,
    text: str,
    buttons: Buttons,
) -> None:
    """Change a reminder: its title stays, and without a text all of its words do."""
    if message is None:
        return
    # Of a very old message Telegram does not give the text any more.
    written = message.text or "" if isinstance(message, types.Message) else ""
    shown = replies.with_title(written, text) if text else written
    if shown:
        await services.telegram.edit(message.chat.id, message.message_id, shown, buttons)
