"""What the bot waits to be told in a chat, and what was done last; stored in Redis."""

from dataclasses import dataclass

from services.notifications.bot.context import BotServices
from services.notifications.bot.delegated_calls import ActionRefused
from services.notifications.bot.habits_client import ActionResult
from services.notifications.domain import replies
from services.notifications.domain.buttons import ButtonAction, ButtonKind, parse_button_action
from services.notifications.domain.i18n import gettext
from services.notifications.domain.titles import shown
from services.notifications.domain.today import TodayItem
from services.notifications.domain.units import many
from services.notifications.telegram.library import FSMContext, State, StatesGroup, types

_ASKED, _MESSAGE, _LAST = "asked", "message_id", "last"


class PendingInput(StatesGroup):
    """A button has asked something that is answered by a message."""

    amount = State()
    note = State()
    minutes = State()


_STATES = {
    ButtonKind.ADD_OTHER: PendingInput.amount,
    ButtonKind.NOTE: PendingInput.note,
    ButtonKind.SNOOZE_OTHER: PendingInput.minutes,
}


@dataclass(frozen=True, slots=True)
class AskedAction:
    """The button that asked, and the message under which it hangs."""

    action: ButtonAction
    message_id: int


async def ask(
    services: BotServices,
    callback: types.CallbackQuery,
    state: FSMContext,
    action: ButtonAction,
    item: TodayItem | None,
) -> None:
    """Ask for what a button needs, and wait for it."""
    if callback.message is None:
        raise ActionRefused(gettext(replies.BUTTON_OLD))
    if item is None and action.kind is not ButtonKind.SNOOZE_OTHER:
        raise ActionRefused(gettext(replies.NOT_DUE))
    await state.set_state(_STATES[action.kind])
    await state.update_data({_ASKED: action.to_data(), _MESSAGE: callback.message.message_id})
    if item is not None and action.kind is ButtonKind.ADD_OTHER:
        text = replies.ask_amount(shown(item.title), shown(many(item.unit)))
    else:
        note = action.kind is ButtonKind.NOTE
        text = gettext(replies.ASK_NOTE if note else replies.ASK_MINUTES)
    await services.telegram.answer_callback(callback.id)
    await services.telegram.send_text(callback.message.chat.id, text)


async def asked_action(state: FSMContext) -> AskedAction | None:
    """Return the button whose question is being answered."""
    data = await state.get_data()
    action = parse_button_action(str(data.get(_ASKED, "")))
    return AskedAction(action, int(data.get(_MESSAGE, 0))) if action else None


async def remember(state: FSMContext, action: ButtonAction, result: ActionResult) -> None:
    """Store what was done last, so that the word `undo` takes it back."""
    last = ""
    if action.kind is not ButtonKind.UNDO and result.revision:
        last = action.with_kind(ButtonKind.UNDO, revision=result.revision).to_data()
    await state.update_data({_LAST: last})


async def last_action(state: FSMContext) -> ButtonAction | None:
    """Return the button that would take back what was done last."""
    return parse_button_action(str((await state.get_data()).get(_LAST, "")))
