"""`/start`, `/unlink`, `/help`, `/cancel`: how a chat begins and ends, and groups."""

import logging
from uuid import UUID

from services.notifications.bot.context import BotServices, is_linked
from services.notifications.bot.routers.account import language_buttons
from services.notifications.domain import replies
from services.notifications.domain.i18n import gettext, use_language
from services.notifications.domain.people import Chat, Person
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
_log = logging.getLogger(__name__)


def create_router() -> Router:
    """Return the router; groups come first, so that nothing else is answered there."""
    router = Router(name="start")
    router.message.register(only_private, F.chat.type != _PRIVATE)
    router.message.register(start, CommandStart(ignore_case=True))
    router.message.register(show_help, Command("help", ignore_case=True))
    router.message.register(cancel, Command("cancel", ignore_case=True))
    router.message.register(unlink, Command("unlink", ignore_case=True), is_linked)
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
    """Link the chat by the code of a deep link, or explain how to."""
    chat_id = message.chat.id
    await state.clear()
    if not command.args:
        if person is not None:
            await services.telegram.send_text(chat_id, gettext(replies.LINKED_ALREADY))
            return
        greeting = f"{gettext(replies.HOW_TO_LINK)}\n\n{gettext(replies.HOW_TO_REGISTER)}"
        await services.telegram.send_text(chat_id, greeting, language_buttons())
        return
    owner_id = await links.consume_code(services.cache, command.args)
    if owner_id is None:
        text = replies.LINKED_ALREADY if person else replies.LINK_SPENT
        await services.telegram.send_text(chat_id, gettext(text))
        return
    try:
        await _link(services, owner_id, message)
    except Exception:
        await links.restore_code(services.cache, owner_id, command.args)
        raise


async def show_help(message: types.Message, services: BotServices) -> None:
    """List what the bot can do."""
    await services.telegram.send_text(message.chat.id, gettext(replies.HELP))


async def cancel(message: types.Message, services: BotServices, state: FSMContext) -> None:
    """End the conversation that is under way."""
    text = replies.CANCELED if await state.get_state() else replies.NOTHING_TO_CANCEL
    await state.set_state(None)
    await services.telegram.send_text(message.chat.id, gettext(text))


async def unlink(message: types.Message, services: BotServices, person: Person) -> None:
    """Disconnect the chat from the account, which stays."""
    await services.unlink(person.owner_id)
    await services.telegram.send_text(message.chat.id, gettext(replies.UNLINKED))


async def membership(event: types.ChatMemberUpdated, services: BotServices) -> None:
    """Store whether the person has blocked the bot."""
    reachable = event.new_chat_member.status != _BLOCKED
    async with services.database.transaction() as session:
        await links.mark_reachable(session, event.chat.id, reachable=reachable)


async def _link(services: BotServices, owner_id: UUID, message: types.Message) -> None:
    sender = message.from_user
    chat = Chat(
        owner_id=owner_id,
        chat_id=message.chat.id,
        title=sender.full_name if sender else "",
        create_time=services.now(),
    )
    async with services.database.transaction() as session:
        linked = await links.link_chat(session, chat)
    if linked is None:
        await services.telegram.send_text(chat.chat_id, gettext(replies.LINK_SPENT))
        return
    person, previous_chat_id = linked
    _log.info("chat linked", extra={"owner_id": owner_id})
    with use_language(person.locale):
        if previous_chat_id is not None:
            await services.telegram.send_text(previous_chat_id, gettext(replies.MOVED_AWAY))
        await services.telegram.send_text(chat.chat_id, replies.greeting(person))
