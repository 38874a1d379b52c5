"""Chats: the link that ties one to an account, and what becomes of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.dao import chats, messages, people
from services.notifications.domain.errors import BotNotConfigured, ChatNotLinked, TooManyLinks
from services.notifications.domain.links import DeepLink, deep_link, new_code
from services.notifications.domain.people import Chat, Person
from services.notifications.telegram import Telegram


async def create_link(
    cache: Cache, telegram: Telegram | None, owner_id: UUID, *, now: datetime
) -> DeepLink:
    """Return an address that links the chat it is opened in. It makes the person's last one void.

    Raises:
        BotNotConfigured: There is no bot to open.
        TooManyLinks: The person asked too often.
        Unavailable: Redis, or a Telegram never asked before, does not answer.
    """
    if telegram is None:
        raise BotNotConfigured
    wait = await cache.count_link(owner_id)
    if wait is not None:
        raise TooManyLinks(retry_after=wait)
    username = await cache.find_bot_username(telegram.token)
    if username is None:
        username = await fetch_username(cache, telegram)
    code = new_code()
    await cache.save_link_code(owner_id, code)
    return deep_link(username, code, now=now)


async def fetch_username(cache: Cache, telegram: Telegram) -> str:
    """Ask Telegram what the bot is called and remember it for everybody.

    Raises:
        Unavailable: Telegram or Redis does not answer.
    """
    username = await telegram.username()
    if not username:
        raise Unavailable("Telegram tells no name for this bot.")
    await cache.save_bot_username(telegram.token, username)
    return username


async def find_code_owner(cache: Cache, code: str) -> UUID | None:
    """Return whose a link's code is, which stays unspent; None when it does not work any more."""
    return await cache.find_link_code(code)


async def consume_code(cache: Cache, code: str) -> UUID | None:
    """Spend a link's code and return whose it is; None when it does not work any more."""
    return await cache.consume_link_code(code)


async def restore_code(cache: Cache, owner_id: UUID, code: str) -> None:
    """Make a code work again that was spent for nothing."""
    await cache.save_link_code(owner_id, code)


async def link_chat(session: AsyncSession, chat: Chat) -> tuple[Person, int | None] | None:
    """Link a chat to its owner. The owner's chat before it, and the chat's owner before, let go.

    Returns:
        The owner, and the chat they had before if it was another; None when they deleted their
        account meanwhile.
    """
    await people.lock_against_deletion(session, [chat.owner_id])
    recipient = await people.find_recipient(session, chat.owner_id)
    if recipient is None:
        return None
    previous_chat_id = None
    for deleted in await chats.replace_chat(session, chat):
        if (deleted.owner_id, deleted.chat_id) != (chat.owner_id, chat.chat_id):
            await messages.drop_unlinked(session, deleted.owner_id)
        if deleted.chat_id != chat.chat_id:
            previous_chat_id = deleted.chat_id
    return recipient.person, previous_chat_id


async def get_chat(session: AsyncSession, owner_id: UUID) -> Chat:
    """Return a person's chat.

    Raises:
        ChatNotLinked: They have none.
    """
    chat = await chats.find_chat(session, owner_id)
    if chat is None:
        raise ChatNotLinked
    return chat


async def unlink(session: AsyncSession, owner_id: UUID) -> None:
    """Delete a person's chat and the messages that wait to be sent to it."""
    await chats.delete_chat(session, owner_id)
    await messages.drop_unlinked(session, owner_id)


async def find_owner(session: AsyncSession, chat_id: int) -> Person | None:
    """Return whose chat this is; None when it is nobody's."""
    chat = await chats.find_chat_by_id(session, chat_id)
    if chat is None:
        return None
    recipient = await people.find_recipient(session, chat.owner_id)
    return recipient.person if recipient is not None else None


async def mark_reachable(session: AsyncSession, chat_id: int, *, reachable: bool) -> None:
    """Note that a person has blocked the bot, or let it speak again."""
    await chats.set_reachable(session, chat_id, reachable=reachable)
