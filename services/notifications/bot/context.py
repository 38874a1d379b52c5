"""What every handler of the bot is given, and who may be handled."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from services.notifications.bot.accounts_client import AccountsClient
from services.notifications.bot.delegated_calls import AccountDeleted, ActionRefused
from services.notifications.bot.file_transfers import FileTransfers
from services.notifications.bot.habit_editor import HabitEditor
from services.notifications.bot.habits_client import HabitsClient
from services.notifications.bot.statistics_client import StatisticsClient
from services.notifications.bot.tips_client import TipsClient
from services.notifications.cache import Cache
from services.notifications.domain.buttons import NO_BUTTONS, Buttons
from services.notifications.domain.i18n import gettext, use_language
from services.notifications.domain.people import Person
from services.notifications.domain.replies import ACCOUNT_DELETED
from services.notifications.telegram import Telegram
from services.notifications.telegram.library import BaseMiddleware, types
from services.notifications.translate.check_ins import request_id_of
from services.notifications.use_cases import links


@dataclass(frozen=True, slots=True)
class BotServices:
    """The shelves and clients that handlers use."""

    database: Database
    cache: Cache
    telegram: Telegram
    habits: HabitsClient
    editor: HabitEditor
    accounts: AccountsClient
    statistics: StatisticsClient
    tips: TipsClient
    transfers: FileTransfers
    now: Clock = clock.now

    async def find_person(self, chat_id: int) -> Person | None:
        """Return whose chat this is. Who writes can be written to."""
        async with self.database.transaction() as session:
            person = await links.find_owner(session, chat_id)
            if person is not None:
                await links.mark_reachable(session, chat_id, reachable=True)
        return person

    async def unlink(self, owner_id: UUID) -> None:
        """Delete the link of a person's chat, and whatever waits to be sent to it."""
        async with self.database.transaction() as session:
            await links.unlink(session, owner_id)


class PersonMiddleware(BaseMiddleware):
    """Finds the person of a chat, writes in their language, and says what was refused."""

    def __init__(self, services: BotServices) -> None:
        self._services = services

    async def __call__(
        self,
        handler: Callable[[types.TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: types.TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Call the handler with `person`, None for a stranger."""
        chat_id = chat_of(event)
        person = await self._services.find_person(chat_id) if chat_id is not None else None
        sender = getattr(event, "from_user", None)
        locale = person.locale if person else (sender and sender.language_code) or ""
        data["person"] = person
        with use_language(locale):
            try:
                return await handler(event, data)
            except ActionRefused as refused:
                await self._refuse(event, chat_id, str(refused))
            except AccountDeleted:
                if person is not None:
                    await self._services.unlink(person.owner_id)
                await self._refuse(event, chat_id, gettext(ACCOUNT_DELETED))

    async def _refuse(self, event: types.TelegramObject, chat_id: int | None, text: str) -> None:
        if isinstance(event, types.CallbackQuery):
            await self._services.telegram.alert(event.id, event.from_user.id, text)
        elif chat_id is not None:
            await self._services.telegram.send_text(chat_id, text)


def is_linked(event: types.TelegramObject, person: Person | None = None) -> bool:
    """Filter: the chat is linked with a person."""
    return person is not None


def chat_of(event: types.TelegramObject) -> int | None:
    """Return the chat in which something happened; None where Telegram does not say."""
    if isinstance(event, types.Message):
        return event.chat.id
    if isinstance(event, types.CallbackQuery) and event.message is not None:
        return event.message.chat.id
    return None


def message_request_id(message: types.Message, part: str = "") -> str:
    """Return the request id of what a message asks for: the same when it is delivered again."""
    return request_id_of(message.chat.id, message.message_id, message.date.timestamp(), part)


def callback_request_id(callback: types.CallbackQuery) -> str:
    """Return the request id of what a button asks for: the same when it is delivered again."""
    return request_id_of(*callback_place(callback), callback.id, callback.data)


def callback_place(callback: types.CallbackQuery) -> tuple[int, ...]:
    """Return the chat and message in which a button was pressed."""
    message = callback.message
    return (message.chat.id, message.message_id) if message else ()


async def edit_in_place(
    callback: types.CallbackQuery, services: BotServices, text: str, buttons: Buttons = NO_BUTTONS
) -> None:
    """Answer a pressed button, and show a text and buttons in place of those of its message."""
    await services.telegram.answer_callback(callback.id)
    if callback.message is not None:
        message = callback.message
        await services.telegram.edit(message.chat.id, message.message_id, text, buttons)
