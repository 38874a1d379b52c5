"""`/stats` with a picture, and `/report`."""

from uuid import UUID

from services.notifications.bot.context import (
    BotServices,
    callback_request_id,
    message_request_id,
)
from services.notifications.domain import replies
from services.notifications.domain.buttons import Button, Buttons
from services.notifications.domain.event_data import Period
from services.notifications.domain.i18n import gettext, ngettext
from services.notifications.domain.messages import LONGEST_CAPTION
from services.notifications.domain.people import Person
from services.notifications.domain.plain_words import matching_titles
from services.notifications.domain.titles import fitted
from services.notifications.telegram.library import (
    CallbackData,
    Command,
    CommandObject,
    Router,
    types,
)

_SPANS = (30, 90, 365)
_NAMED_SPANS = {
    "30": 30,
    "month": 30,
    "месяц": 30,
    "90": 90,
    "quarter": 90,
    "квартал": 90,
    "365": 365,
    "year": 365,
    "год": 365,
}
"""Spans by name; where a habit is called like that, the habit is meant."""
_PERIODS = {
    "daily": Period.DAILY,
    "day": Period.DAILY,
    "день": Period.DAILY,
    "weekly": Period.WEEKLY,
    "week": Period.WEEKLY,
    "неделя": Period.WEEKLY,
    "monthly": Period.MONTHLY,
    "month": Period.MONTHLY,
    "месяц": Period.MONTHLY,
}


class StatsButton(CallbackData, prefix="st"):
    """A button that shows another span of days."""

    days: int
    habit: str = ""


class ReportButton(CallbackData, prefix="rp"):
    """A button that asks for a report."""

    period: str


def create_router() -> Router:
    """Return the router of statistics."""
    router = Router(name="stats")
    router.message.register(send_stats, Command("stats", ignore_case=True))
    router.message.register(ask_report, Command("report", ignore_case=True))
    router.callback_query.register(turn, StatsButton.filter())
    router.callback_query.register(choose_report, ReportButton.filter())
    return router


async def send_stats(
    message: types.Message, command: CommandObject, services: BotServices, person: Person
) -> None:
    """Send a picture of the last 30 days, of all habits or of the one that is named."""
    request_id = message_request_id(message)
    habit_id: UUID | None = None
    days = _SPANS[0]
    if command.args:
        titles = await services.editor.titles(person, request_id)
        found = matching_titles(titles, command.args)
        named = _NAMED_SPANS.get(command.args.strip().lower().partition(" ")[0])
        if not found and named is not None:
            days = named
        elif len(found) != 1:
            rows = tuple(
                (Button(title, StatsButton(days=_SPANS[0], habit=key.hex).pack()),)
                for key, title in found
            )
            word = command.args
            text = replies.did_you_mean(word) if found else replies.no_habit_named(word)
            await services.telegram.send_text(message.chat.id, text, rows)
            return
        else:
            ((habit_id, _),) = found
    picture, alt_text = await services.statistics.picture(person, days, habit_id, request_id)
    await services.telegram.send_picture(
        message.chat.id, picture, fitted(alt_text, LONGEST_CAPTION), _buttons(days, habit_id)
    )


async def turn(
    callback: types.CallbackQuery,
    callback_data: StatsButton,
    services: BotServices,
    person: Person,
) -> None:
    """Show another span of days in place, or the habit that was chosen."""
    habit_id = UUID(callback_data.habit) if callback_data.habit else None
    days, message = callback_data.days, callback.message
    request_id = callback_request_id(callback)
    picture, alt_text = await services.statistics.picture(person, days, habit_id, request_id)
    await services.telegram.answer_callback(callback.id)
    if message is None:
        return
    caption, buttons = fitted(alt_text, LONGEST_CAPTION), _buttons(days, habit_id)
    if isinstance(message, types.Message) and message.photo:
        await services.telegram.edit_picture(
            message.chat.id, message.message_id, picture, caption, buttons
        )
    else:
        await services.telegram.send_picture(message.chat.id, picture, caption, buttons)


async def ask_report(
    message: types.Message, command: CommandObject, services: BotServices, person: Person
) -> None:
    """Make the report that is named, or offer all three."""
    period = _PERIODS.get((command.args or "").strip().lower())
    if period is None:
        labels = {
            Period.DAILY: gettext("Day"),
            Period.WEEKLY: gettext("Week"),
            Period.MONTHLY: gettext("Month"),
        }
        row = tuple(
            Button(label, ReportButton(period=it.value).pack()) for it, label in labels.items()
        )
        await services.telegram.send_text(message.chat.id, gettext(replies.ASK_REPORT), (row,))
        return
    await services.statistics.create_report(person, period, message_request_id(message))
    await services.telegram.send_text(message.chat.id, gettext(replies.REPORT_COMES))


async def choose_report(
    callback: types.CallbackQuery,
    callback_data: ReportButton,
    services: BotServices,
    person: Person,
) -> None:
    """Make the report of a button; it comes as a message of its own."""
    period = Period(callback_data.period)
    await services.statistics.create_report(person, period, callback_request_id(callback))
    await services.telegram.answer_callback(callback.id, gettext(replies.REPORT_COMES))


def _buttons(days: int, habit_id: UUID | None) -> Buttons:
    key = habit_id.hex if habit_id else ""
    return (
        tuple(
            Button(
                ("• " if span == days else "") + ngettext("{count} day", "{count} days", span),
                StatsButton(days=span, habit=key).pack(),
            )
            for span in _SPANS
        ),
    )
