"""`/pause` and `/resume` of all habits."""

from services.notifications.bot.context import BotServices, message_request_id
from services.notifications.domain import replies
from services.notifications.domain.i18n import day_text, gettext
from services.notifications.domain.people import Person
from services.notifications.domain.schedules import last_day
from services.notifications.telegram.library import Command, CommandObject, Router, types


def create_router() -> Router:
    """Return the router of pauses."""
    router = Router(name="pauses")
    router.message.register(pause_all, Command("pause", ignore_case=True))
    router.message.register(resume_all, Command("resume", ignore_case=True))
    return router


async def pause_all(
    message: types.Message, command: CommandObject, services: BotServices, person: Person
) -> None:
    """Pause all habits: `/pause 7d`, `/pause until 2026-12-01`, or until `/resume`."""
    request_id = message_request_id(message)
    last = None
    if command.args:
        last = last_day(command.args, await services.editor.today(person, request_id))
        if last is None:
            await services.telegram.send_text(message.chat.id, gettext(replies.PAUSE_UNCLEAR))
            return
    await services.editor.pause(person, None, last, request_id)
    until = gettext("⏸ Everything is paused until {day}. /resume ends it.")
    text = until.format(day=day_text(last)) if last else gettext(replies.PAUSED)
    await services.telegram.send_text(message.chat.id, text)


async def resume_all(message: types.Message, services: BotServices, person: Person) -> None:
    """End the pause of all habits."""
    ended = await services.editor.resume(person, None, message_request_id(message))
    text = replies.RESUMED if ended else replies.NOT_PAUSED
    await services.telegram.send_text(message.chat.id, gettext(text))
