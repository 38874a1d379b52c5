"""People who come by the Mini App: known by what Telegram has signed."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.auth_client import AuthGateway
from services.notifications.cache import Cache
from services.notifications.domain.errors import (
    BotNotConfigured,
    ChatNotLinked,
    InitDataUsed,
    TelegramNotLinked,
)
from services.notifications.domain.init_data import (
    LIFETIME,
    MOST_USES,
    InitData,
    TelegramUser,
    read_init_data,
)
from services.notifications.domain.people import Chat, Person
from services.notifications.telegram import Telegram
from services.notifications.use_cases import events, links

_LONGEST_NAME = 80


def read_launch(telegram: Telegram | None, text: str, *, now: datetime) -> InitData:
    """Return what the launch data says.

    Raises:
        BotNotConfigured: There is no bot that it could be for.
        InitDataInvalid: It is not for this bot, or cannot be read.
        InitDataExpired: It is too old.
    """
    if telegram is None:
        raise BotNotConfigured
    return read_init_data(text, bot_token=telegram.token, now=now)


async def spend_launch(cache: Cache, launch: InitData) -> None:
    """Count a use of the launch data.

    Raises:
        InitDataUsed: It has been used often enough.
    """
    if await cache.count_launch(launch.digest, LIFETIME) > MOST_USES:
        raise InitDataUsed


async def register(auth: AuthGateway, launch: InitData, *, timezone: str, locale: str) -> Person:
    """Create the account of a Telegram user; the same launch creates it once."""
    return await auth.create_account(
        display_name=launch.user.full_name[:_LONGEST_NAME],
        timezone=timezone,
        locale=locale or launch.user.locale,
        request_id=str(uuid5(NAMESPACE_URL, f"mini-app:{launch.digest}")),
    )


async def link_new_person(
    session: AsyncSession, person: Person, user: TelegramUser, *, now: datetime
) -> None:
    """Link a Telegram user with the account that was created for them."""
    await events.upsert_person(session, person)  # before its event comes by the broker
    await link_user(session, person, user, now=now)


async def link_user(
    session: AsyncSession, person: Person, user: TelegramUser, *, now: datetime
) -> Chat:
    """Link the private chat of a Telegram user with an account, and return it.

    Raises:
        ChatNotLinked: The account was deleted meanwhile, or is not known here yet.
    """
    chat = Chat(owner_id=person.owner_id, chat_id=user.id, title=user.full_name, create_time=now)
    if await links.link_chat(session, chat) is None:
        raise ChatNotLinked
    return chat


def require_linked(person: Person | None, *, registers: bool) -> None:
    """Refuse a Telegram user who is linked with nobody and does not register."""
    if person is None and not registers:
        raise TelegramNotLinked
