"""`/start`, `/help`, `/cancel`, and groups."""

from services.notifications.bot.context import BotServices
from services.notifications.bot.routers.account import greet_stranger
from services.notifications.bot.routers.linking import ask_link
from services.notifications.domain import replies
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.telegram.library import (
    Command,
    CommandObject,
    CommandStart,
    F,
    FSMContext,
    Router,
    types,
)
from services.notifications.use_cases import links

_PRIVATE = "private"
_BLOCKED = "kicked"


def create_router() -> Router:
    """Return the router; groups come first, so that nothing else is answered there."""
    router = Router(name="start")
    router.message.register(only_private, F.chat.type != _PRIVATE)
    router.message.register(start, CommandStart(ignore_case=True))
    router.message.register(show_help, Command("help", ignore_case=True))
    router.message.register(cancel, Command("cancel", ignore_case=True))
    router.my_chat_member.register(membership, F.chat.type == _PRIVATE)
    return router


async def only_private(message: types.Message, services: BotServices) -> None:
    """Refuse to talk about habits in a group."""
    await services.telegram.send_text(message.chat.id, gettext(replies.ONLY_PRIVATE))


async def start(
    message: types.Message,
    command: CommandObject,
    services: BotServices,
    person: Person | None,
    state: FSMContext,
) -> None:
    """Ask whether to link the chat by the code of a deep link, or explain how to begin."""
    chat_id = message.chat.id
    await state.clear()
    if not command.args:
        if person is not None:
            await services.telegram.send_text(chat_id, gettext(replies.LINKED_ALREADY))
            return
        await greet_stranger(message, services)
        return
    await ask_link(message, services, person, command.args)


async def show_help(message: types.Message, services: BotServices) -> None:
    """List what the bot can do."""
    await services.telegram.send_text(message.chat.id, gettext(replies.HELP))


async def cancel(message: types.Message, services: BotServices, state: FSMContext) -> None:
    """End the conversation that is under way."""
    text = replies.CANCELED if await state.get_state() else replies.NOTHING_TO_CANCEL
    await state.set_state(None)
    await services.telegram.send_text(message.chat.id, gettext(text))


async def membership(event: types.ChatMemberUpdated, services: BotServices) -> None:
    """Store whether the person has blocked the bot."""
    reachable = event.new_chat_member.status != _BLOCKED
    async with services.database.transaction() as session:
        await links.mark_reachable(session, event.chat.id, reachable=reachable)
