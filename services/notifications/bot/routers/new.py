"""`/new`: a habit in a line, or step by step, with a way back at every step."""

from dataclasses import replace

from services.notifications.bot.context import BotServices, edit_in_place, message_request_id
from services.notifications.bot.schedule_picker import ScheduleButton, schedule_menu
from services.notifications.domain import replies
from services.notifications.domain.buttons import Button, Buttons, Measure
from services.notifications.domain.habit_forms import (
    LONGEST_TITLE,
    HabitForm,
    parse_goal,
    parse_one_line,
    parse_times,
)
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.telegram.library import (
    CallbackData,
    Command,
    CommandObject,
    F,
    FSMContext,
    Router,
    State,
    StateFilter,
    StatesGroup,
    types,
)

_DRAFT, _REQUEST = "draft", "new_request"
_TEXT = F.text & ~F.text.startswith("/")


class NewHabit(StatesGroup):
    """The steps of a new habit, in order."""

    title = State()
    measure = State()
    goal = State()
    schedule = State()
    times = State()
    confirm = State()


_STEPS = (
    NewHabit.title,
    NewHabit.measure,
    NewHabit.goal,
    NewHabit.schedule,
    NewHabit.times,
    NewHabit.confirm,
)


class NewButton(CallbackData, prefix="new"):
    """A button of the conversation."""

    step: str
    """`back`, `create`, `cancel`, or the step that `value` answers."""
    value: str = ""


def create_router() -> Router:
    """Return the router of the conversation."""
    router = Router(name="new")
    router.message.register(begin, Command("new", ignore_case=True))
    router.message.register(take_title, StateFilter(NewHabit.title), _TEXT)
    router.message.register(take_goal, StateFilter(NewHabit.goal), _TEXT)
    router.message.register(take_times, StateFilter(NewHabit.times), _TEXT)
    router.message.register(
        ask_again, StateFilter(NewHabit.measure, NewHabit.schedule, NewHabit.confirm), _TEXT
    )
    router.callback_query.register(go_back, NewButton.filter(F.step == "back"))
    router.callback_query.register(stop, NewButton.filter(F.step == "cancel"))
    router.callback_query.register(create, NewButton.filter(F.step == "create"))
    router.callback_query.register(
        choose_measure, NewButton.filter(F.step == "measure"), StateFilter(NewHabit.measure)
    )
    router.callback_query.register(
        choose_times, NewButton.filter(F.step == "times"), StateFilter(NewHabit.times)
    )
    router.callback_query.register(
        choose_schedule, ScheduleButton.filter(), StateFilter(NewHabit.schedule)
    )
    return router


async def begin(
    message: types.Message, command: CommandObject, services: BotServices, state: FSMContext
) -> None:
    """Begin with the title, or show the card of the habit that the line describes."""
    draft = parse_one_line(command.args) if command.args else None
    await state.set_state(None)
    await state.update_data({_REQUEST: message_request_id(message, "new")})
    await _show(services, message.chat.id, state, draft or HabitForm(), at=_first_step(draft))


async def take_title(message: types.Message, services: BotServices, state: FSMContext) -> None:
    """Take the title."""
    title = " ".join((message.text or "").split())
    if len(title) > LONGEST_TITLE:
        await services.telegram.send_text(message.chat.id, gettext(replies.TITLE_TOO_LONG))
        return
    draft = replace(await _draft(state), title=title)
    await _show(services, message.chat.id, state, draft, at=NewHabit.measure)


async def choose_measure(
    callback: types.CallbackQuery,
    callback_data: NewButton,
    services: BotServices,
    state: FSMContext,
) -> None:
    """Take how a day is measured; a quantity is asked for its goal next."""
    measure = Measure(callback_data.value)
    draft = replace(await _draft(state), measure=measure, amount="", unit="")
    step = NewHabit.schedule if measure is Measure.YES_NO else NewHabit.goal
    await _turn(callback, services, state, draft, at=step)


async def take_goal(message: types.Message, services: BotServices, state: FSMContext) -> None:
    """Take the amount and unit."""
    goal = parse_goal(message.text or "")
    if goal is None:
        await services.telegram.send_text(message.chat.id, gettext(replies.GOAL_UNCLEAR))
        return
    draft = replace(await _draft(state), amount=goal[0], unit=goal[1])
    await _show(services, message.chat.id, state, draft, at=NewHabit.schedule)


async def choose_schedule(
    callback: types.CallbackQuery,
    callback_data: ScheduleButton,
    services: BotServices,
    state: FSMContext,
) -> None:
    """Show more choices, or take the schedule."""
    draft = await _draft(state)
    if callback_data.menu:
        total = draft.measure is not Measure.YES_NO
        buttons = schedule_menu(callback_data.menu, callback_data.code, total=total)
        await edit_in_place(
            callback, services, gettext(replies.ASK_SCHEDULE), (*buttons, _footer())
        )
        return
    await _turn(
        callback, services, state, replace(draft, schedule=callback_data.code), at=NewHabit.times
    )


async def choose_times(
    callback: types.CallbackQuery,
    callback_data: NewButton,
    services: BotServices,
    state: FSMContext,
) -> None:
    """Take when to remind from a button."""
    times = parse_times(callback_data.value.replace("-", ":"))
    await _turn(
        callback, services, state, replace(await _draft(state), times=times), at=NewHabit.confirm
    )


async def take_times(message: types.Message, services: BotServices, state: FSMContext) -> None:
    """Take when to remind from a message."""
    times = parse_times(message.text or "")
    if not times:
        await services.telegram.send_text(message.chat.id, gettext(replies.TIMES_UNCLEAR))
        return
    draft = replace(await _draft(state), times=times)
    await _show(services, message.chat.id, state, draft, at=NewHabit.confirm)


async def ask_again(message: types.Message, services: BotServices, state: FSMContext) -> None:
    """Show the step again: it is answered by a button."""
    current = await state.get_state()
    step = next(it for it in _STEPS if it.state == current)
    await _show(services, message.chat.id, state, await _draft(state), at=step)


async def go_back(callback: types.CallbackQuery, services: BotServices, state: FSMContext) -> None:
    """Show the step before."""
    draft, current = await _draft(state), await state.get_state()
    position = next((n for n, it in enumerate(_STEPS) if it.state == current), 0)
    step = _STEPS[max(position - 1, 0)]
    if step is NewHabit.goal and draft.measure is Measure.YES_NO:
        step = NewHabit.measure
    await _turn(callback, services, state, draft, at=step)


async def stop(callback: types.CallbackQuery, services: BotServices, state: FSMContext) -> None:
    """End the conversation without a habit."""
    await state.set_state(None)
    await edit_in_place(callback, services, gettext(replies.CANCELED), ())


async def create(
    callback: types.CallbackQuery, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Create the habit; a second tap creates no second one."""
    data = await state.get_data()
    draft = HabitForm.from_data(data.get(_DRAFT) or {})
    if not draft.title:
        await services.telegram.alert(
            callback.id, callback.from_user.id, gettext(replies.BUTTON_OLD)
        )
        return
    await services.editor.create(person, draft, str(data.get(_REQUEST, "")))
    await state.set_state(None)
    text = f"{draft.card()}\n\n{gettext(replies.CREATED)}"
    await edit_in_place(callback, services, text, ())


def _first_step(draft: HabitForm | None) -> State:
    return NewHabit.confirm if draft else NewHabit.title


def _step(step: State, draft: HabitForm) -> tuple[str, Buttons]:
    """Return what a step says, and its buttons."""
    if step is NewHabit.title:
        return gettext(replies.ASK_TITLE), ((_cancel(),),)
    if step is NewHabit.measure:
        kinds = (
            (gettext("✅ Done or not"), Measure.YES_NO),
            (gettext("🔢 An amount"), Measure.QUANTITY),
            (gettext("🛑 A limit"), Measure.LIMIT),
        )
        rows = tuple((_answer(label, "measure", measure.value),) for label, measure in kinds)
        return gettext(replies.ASK_MEASURE), (*rows, _footer())
    if step is NewHabit.goal:
        limit = draft.measure is Measure.LIMIT
        return gettext(replies.ASK_LIMIT if limit else replies.ASK_GOAL), (_footer(),)
    if step is NewHabit.schedule:
        menu = schedule_menu("root", "", total=draft.measure is not Measure.YES_NO)
        return gettext(replies.ASK_SCHEDULE), (*menu, _footer())
    if step is NewHabit.times:
        none = _answer(gettext("No reminder"), "times", "")
        row = tuple(_answer(it, "times", it.replace(":", "-")) for it in replies.USUAL_TIMES)
        return gettext(replies.ASK_TIMES), (row, (none,), _footer())
    made = Button(gettext("✅ Create"), NewButton(step="create").pack())
    return draft.card(), ((made,), _footer())


async def _show(
    services: BotServices, chat_id: int, state: FSMContext, draft: HabitForm, *, at: State
) -> None:
    """Store the draft and send a step."""
    await _store(state, draft, at)
    text, buttons = _step(at, draft)
    await services.telegram.send_text(chat_id, text, buttons)


async def _turn(
    callback: types.CallbackQuery,
    services: BotServices,
    state: FSMContext,
    draft: HabitForm,
    *,
    at: State,
) -> None:
    """Store the draft and show a step in place of the one before."""
    await _store(state, draft, at)
    await edit_in_place(callback, services, *_step(at, draft))


async def _store(state: FSMContext, draft: HabitForm, step: State) -> None:
    await state.update_data({_DRAFT: draft.to_data()})
    await state.set_state(step)


async def _draft(state: FSMContext) -> HabitForm:
    return HabitForm.from_data((await state.get_data()).get(_DRAFT) or {})


def _answer(label: str, step: str, value: str) -> Button:
    return Button(label, NewButton(step=step, value=value).pack())


def _cancel() -> Button:
    return Button(gettext("✖ Cancel"), NewButton(step="cancel").pack())


def _footer() -> tuple[Button, ...]:
    return (Button(gettext("‹ Back"), NewButton(step="back").pack()), _cancel())
