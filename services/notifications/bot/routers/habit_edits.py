"""Changes of a habit that are asked from its card: title, goal, reminders, schedule."""

from uuid import UUID

from services.notifications.bot.context import (
    BotServices,
    callback_request_id,
    edit_in_place,
    message_request_id,
)
from services.notifications.bot.routers.habits import (
    HabitButton,
    card_buttons,
    to_card,
)
from services.notifications.bot.schedule_picker import ScheduleButton, schedule_menu
from services.notifications.domain import replies
from services.notifications.domain.buttons import Measure
from services.notifications.domain.habit_forms import parse_goal, parse_times
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.telegram.library import (
    F,
    FSMContext,
    Router,
    State,
    StateFilter,
    StatesGroup,
    types,
)

_HABIT, _MESSAGE = "habit_id", "card_message_id"
_TEXT = F.text & ~F.text.startswith("/")
_ASKED = F.verb.in_({"title", "amount", "times"})


class EditHabit(StatesGroup):
    """What of a habit is being changed by a message."""

    title = State()
    amount = State()
    times = State()
    schedule = State()


def create_router() -> Router:
    """Return the router of edits; it comes before that of cards."""
    router = Router(name="habit_edits")
    router.callback_query.register(ask, HabitButton.filter(_ASKED))
    router.callback_query.register(ask_schedule, HabitButton.filter(F.verb == "schedule"))
    router.callback_query.register(
        choose_schedule, ScheduleButton.filter(), StateFilter(EditHabit.schedule)
    )
    router.message.register(take_title, StateFilter(EditHabit.title), _TEXT)
    router.message.register(take_amount, StateFilter(EditHabit.amount), _TEXT)
    router.message.register(take_times, StateFilter(EditHabit.times), _TEXT)
    return router


async def ask(
    callback: types.CallbackQuery,
    callback_data: HabitButton,
    services: BotServices,
    state: FSMContext,
) -> None:
    """Ask for a title, an amount or the times of reminders."""
    states = {
        "title": (EditHabit.title, replies.ASK_TITLE),
        "amount": (EditHabit.amount, replies.ASK_GOAL),
        "times": (EditHabit.times, replies.ASK_NEW_TIMES),
    }
    step, question = states[callback_data.verb]
    await _begin(callback, services, state, callback_data.habit_id, step)
    if callback.message is not None:
        await services.telegram.send_text(callback.message.chat.id, gettext(question))


async def ask_schedule(
    callback: types.CallbackQuery,
    callback_data: HabitButton,
    services: BotServices,
    person: Person,
    state: FSMContext,
) -> None:
    """Show the kinds of schedules."""
    habit_id = callback_data.habit_id
    card = await services.editor.card(person, habit_id, callback_request_id(callback))
    await _begin(callback, services, state, habit_id, EditHabit.schedule)
    menu = schedule_menu("root", "", total=card.measure is not Measure.YES_NO)
    await edit_in_place(callback, services, card.text(), (*menu, to_card(habit_id)))


async def choose_schedule(
    callback: types.CallbackQuery,
    callback_data: ScheduleButton,
    services: BotServices,
    person: Person,
    state: FSMContext,
) -> None:
    """Show more choices, or change the schedule."""
    habit_id, request_id = await _habit_id(state), callback_request_id(callback)
    if not callback_data.menu:
        await services.editor.change_schedule(person, habit_id, callback_data.code, request_id)
        await state.set_state(None)
    card = await services.editor.card(person, habit_id, request_id)
    buttons = card_buttons(card)
    if callback_data.menu:
        total = card.measure is not Measure.YES_NO
        menu = schedule_menu(callback_data.menu, callback_data.code, total=total)
        buttons = (*menu, to_card(habit_id))
    await edit_in_place(callback, services, card.text(), buttons)


async def take_title(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Change the title."""
    title = " ".join((message.text or "").split())
    habit_id = await _habit_id(state)
    await services.editor.rename(person, habit_id, title, message_request_id(message))
    await _finish(message, services, person, state, habit_id)


async def take_amount(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Change how much is asked."""
    goal, habit_id = parse_goal(message.text or ""), await _habit_id(state)
    if goal is None:
        await services.telegram.send_text(message.chat.id, gettext(replies.GOAL_UNCLEAR))
        return
    request_id = message_request_id(message)
    card = await services.editor.card(person, habit_id, request_id)
    await services.editor.change_amount(person, card, goal[0], request_id)
    await _finish(message, services, person, state, habit_id)


async def take_times(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Set when to remind; a minus sign means never."""
    text, habit_id = (message.text or "").strip(), await _habit_id(state)
    times = parse_times(text)
    if not times and text not in ("-", "—", "0"):
        await services.telegram.send_text(message.chat.id, gettext(replies.TIMES_UNCLEAR))
        return
    await services.editor.change_times(person, habit_id, times, message_request_id(message))
    await _finish(message, services, person, state, habit_id)


async def _begin(
    callback: types.CallbackQuery,
    services: BotServices,
    state: FSMContext,
    habit_id: UUID,
    step: State,
) -> None:
    await state.set_state(step)
    message_id = callback.message.message_id if callback.message else 0
    await state.update_data({_HABIT: str(habit_id), _MESSAGE: message_id})
    await services.telegram.answer_callback(callback.id)


async def _finish(
    message: types.Message,
    services: BotServices,
    person: Person,
    state: FSMContext,
    habit_id: UUID,
) -> None:
    """Show the changed habit, in the card from which the change was asked."""
    await state.set_state(None)
    card = await services.editor.card(person, habit_id, message_request_id(message))
    await services.telegram.send_text(message.chat.id, gettext(replies.CHANGED))
    message_id = int((await state.get_data()).get(_MESSAGE) or 0)
    await services.telegram.edit(message.chat.id, message_id, card.text(), card_buttons(card))


async def _habit_id(state: FSMContext) -> UUID:
    return UUID(str((await state.get_data())[_HABIT]))
