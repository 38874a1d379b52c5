"""Plain words: `done water`, `ran 5`, `read 20 yesterday`, `undo`."""

from datetime import date, timedelta

from services.notifications.bot.context import BotServices, message_request_id
from services.notifications.bot.delegated_calls import ActionRefused
from services.notifications.bot.states import last_action, remember
from services.notifications.domain import replies
from services.notifications.domain.answer_buttons import answered_buttons
from services.notifications.domain.buttons import ButtonAction, ButtonKind, Measure, button
from services.notifications.domain.i18n import gettext
from services.notifications.domain.messages import amount_buttons
from services.notifications.domain.people import Person
from services.notifications.domain.plain_words import (
    MOST_CHOICES,
    Intent,
    PlainCommand,
    matching,
    parse_plain_words,
)
from services.notifications.domain.titles import shown
from services.notifications.domain.today import TodayItem
from services.notifications.domain.units import many
from services.notifications.telegram.library import F, FSMContext, Router, types

_KINDS = {
    Intent.DONE: ButtonKind.DONE,
    Intent.ADD: ButtonKind.ADD,
    Intent.SKIP: ButtonKind.SKIP,
}
_LONGEST_MESSAGE = 200


def create_router() -> Router:
    """Return the router, which takes any text that is no command."""
    router = Router(name="plain")
    router.message.register(understand, F.text, ~F.text.startswith("/"))
    return router


async def understand(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Do what the words ask for; ask back when two habits fit."""
    text = message.text or ""
    wanted = parse_plain_words(text) if len(text) <= _LONGEST_MESSAGE else None
    if wanted is None:
        await services.telegram.send_text(message.chat.id, gettext(replies.NOT_UNDERSTOOD))
        return
    request_id = message_request_id(message)
    if wanted.intent is Intent.UNDO:
        undo = await last_action(state)
        if undo is None:
            raise ActionRefused(gettext(replies.NOTHING_TO_UNDO))
        await _act(message, services, person, state, undo)
        return
    today = await services.habits.today(person, request_id)
    day = today.day
    if wanted.yesterday:
        day = today.day - timedelta(days=1)
        today = await services.habits.today(person, request_id, day)
    found = matching(today.items, wanted.title)
    if not found:
        known = wanted.amount is not None or wanted.said
        reply = replies.no_such_habit(wanted.title) if known else gettext(replies.NOT_UNDERSTOOD)
        await services.telegram.send_text(message.chat.id, reply)
        return
    actions = [(item, _action(item, wanted, day)) for item in found[:MOST_CHOICES]]
    if len(actions) > 1:
        rows = tuple((button(item.title, action),) for item, action in actions)
        question = replies.did_you_mean(wanted.title)
        await services.telegram.send_text(message.chat.id, question, rows)
        return
    ((item, action),) = actions
    if action.kind is ButtonKind.ADD_OTHER:
        await _ask_amount(message, services, item, action)
        return
    await _act(message, services, person, state, action, title=shown(item.title))


async def _ask_amount(
    message: types.Message, services: BotServices, item: TodayItem, action: ButtonAction
) -> None:
    """Ask how much of a quantity was done; the usual amounts and the whole goal are buttons."""
    question = replies.ask_amount(shown(item.title), shown(many(item.unit)))
    whole = button(gettext("✅ Done"), action.with_kind(ButtonKind.DONE))
    text = f"{shown(item.title)}\n{question}"
    await services.telegram.send_text(message.chat.id, text, ((whole,), amount_buttons(action)))


async def _act(
    message: types.Message,
    services: BotServices,
    person: Person,
    state: FSMContext,
    action: ButtonAction,
    *,
    title: str = "",
) -> None:
    result = await services.habits.act(person, action, message_request_id(message))
    await remember(state, action, result)
    text = f"{title}\n{result.text}" if title else result.text
    buttons = answered_buttons(action, revision=result.revision) if title else ()
    await services.telegram.send_text(message.chat.id, text, buttons)


def _action(item: TodayItem, wanted: PlainCommand, day: date) -> ButtonAction:
    kind = _KINDS[wanted.intent]
    if kind is ButtonKind.ADD and item.measure is Measure.YES_NO:
        kind = ButtonKind.DONE
    if kind is ButtonKind.DONE and item.measure is not Measure.YES_NO and not wanted.said:
        kind = ButtonKind.ADD_OTHER  # "drank water" does not say that it was all of the goal
    return ButtonAction(
        kind=kind,
        habit_id=item.habit_id,
        logical_date=day,
        measure=item.measure,
        value=wanted.amount if kind is ButtonKind.ADD else None,
    )
