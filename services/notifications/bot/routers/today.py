"""The board: `/today`, its buttons, and what a button asks to be written."""

from contextlib import suppress
from datetime import date

from services.notifications.bot.context import (
    BotServices,
    callback_request_id,
    message_request_id,
)
from services.notifications.bot.delegated_calls import ActionRefused
from services.notifications.bot.states import PendingInput, ask, asked_action, remember
from services.notifications.domain import replies
from services.notifications.domain.amounts import parse_amount
from services.notifications.domain.buttons import (
    ButtonAction,
    ButtonKind,
    MessageKind,
    parse_button_action,
)
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.domain.today import BOARD, Today, today_buttons, today_text
from services.notifications.telegram.library import (
    CallbackData,
    Command,
    F,
    FSMContext,
    Router,
    StateFilter,
    types,
)


class BoardPage(CallbackData, prefix=BOARD):
    """A button that shows another day or page of the board."""

    day: str
    """`YYYYMMDD`."""
    page: int


def on_board(callback: types.CallbackQuery) -> ButtonAction | None:
    """Return the action of a button under the board; None for any other button."""
    action = parse_button_action(callback.data or "")
    return action if action and action.message_kind is MessageKind.TODAY else None


def create_router() -> Router:
    """Return the router of the board."""
    router = Router(name="today")
    router.message.register(show_today, Command("today", ignore_case=True))
    router.callback_query.register(turn, BoardPage.filter())
    router.callback_query.register(press, F.func(on_board).as_("action"))
    router.message.register(
        take_amount, StateFilter(PendingInput.amount), F.text, ~F.text.startswith("/")
    )
    router.message.register(
        take_note, StateFilter(PendingInput.note), F.text, ~F.text.startswith("/")
    )
    return router


async def show_today(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Send a new board."""
    await state.set_state(None)
    today = await services.habits.today(person, message_request_id(message))
    await services.telegram.send_text(message.chat.id, today_text(today), today_buttons(today))


async def turn(
    callback: types.CallbackQuery,
    callback_data: BoardPage,
    services: BotServices,
    person: Person,
) -> None:
    """Show another day or page in place."""
    day = date.fromisoformat(callback_data.day)
    today = await services.habits.today(person, callback_request_id(callback), day)
    await _edit(services, callback.message, today, callback_data.page)
    await services.telegram.answer_callback(callback.id)


async def press(
    callback: types.CallbackQuery,
    action: ButtonAction,
    services: BotServices,
    person: Person,
    state: FSMContext,
) -> None:
    """Do what a button of the board stands for, and show the board as it is then."""
    request_id = callback_request_id(callback)
    if action.kind in (ButtonKind.ADD_OTHER, ButtonKind.NOTE):
        today = await services.habits.today(person, request_id, action.logical_date)
        await ask(services, callback, state, action, today.find(action.habit_id))
        return
    result = await services.habits.act(person, action, request_id)
    await remember(state, action, result)
    with suppress(ActionRefused):  # what was done stays done without the new board
        today = await services.habits.today(person, request_id, action.logical_date)
        await _edit(services, callback.message, today, action.page)
    await services.telegram.answer_callback(callback.id, result.text)


async def take_amount(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Add the amount that was asked for."""
    asked = await asked_action(state)
    amount = parse_amount(message.text or "")
    if asked is None or amount is None:
        await services.telegram.send_text(message.chat.id, gettext(replies.AMOUNT_UNCLEAR))
        return
    add = asked.action.with_kind(ButtonKind.ADD, value=amount)
    result = await services.habits.act(person, add, message_request_id(message))
    await state.set_state(None)
    await remember(state, add, result)
    await services.telegram.send_text(message.chat.id, result.text)
    await show_in_place(message, services, person, asked.message_id, add)


async def take_note(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Store the note that was asked for."""
    asked = await asked_action(state)
    if asked is None:
        await services.telegram.send_text(message.chat.id, gettext(replies.NOT_UNDERSTOOD))
        return
    await state.set_state(None)
    request_id = message_request_id(message)
    await services.habits.note(person, asked.action, message.text or "", request_id)
    await services.telegram.send_text(message.chat.id, gettext(replies.NOTED))


async def show_in_place(
    message: types.Message,
    services: BotServices,
    person: Person,
    message_id: int,
    action: ButtonAction,
) -> None:
    """Update the board from which something was asked; reminders stay as they are."""
    if action.message_kind is not MessageKind.TODAY:
        return
    with suppress(ActionRefused):
        request_id = message_request_id(message)
        today = await services.habits.today(person, request_id, action.logical_date)
        await services.telegram.edit(
            message.chat.id,
            message_id,
            today_text(today, action.page),
            today_buttons(today, action.page),
        )


async def _edit(
    services: BotServices,
    message: types.MaybeInaccessibleMessageUnion | None,
    today: Today,
    page: int,
) -> None:
    if message is not None:
        await services.telegram.edit(
            message.chat.id,
            message.message_id,
            today_text(today, page),
            today_buttons(today, page),
        )
