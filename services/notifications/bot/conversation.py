"""What the bot does about each thing that can happen in a chat."""

import logging
from uuid import UUID

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from services.notifications.bot.habits import Answer, Habits
from services.notifications.bot.proxy import AccountGone, CannotDo
from services.notifications.cache import Cache
from services.notifications.domain import answers
from services.notifications.domain.buttons import Action, Place, Press, find_press
from services.notifications.domain.people import Chat, Person
from services.notifications.domain.today import today_buttons, today_text
from services.notifications.telegram import Telegram
from services.notifications.telegram.library import (
    Command,
    CommandObject,
    CommandStart,
    Dispatcher,
    F,
    types,
)
from services.notifications.translate.check_ins import request_id_of
from services.notifications.use_cases import links

_PRIVATE = "private"
_BLOCKED = "kicked"
_log = logging.getLogger(__name__)


class Conversation:
    """Answers commands, buttons and anything else. Every handler may be called again."""

    def __init__(
        self,
        database: Database,
        cache: Cache,
        telegram: Telegram,
        habits: Habits,
        *,
        now: Clock = clock.now,
    ) -> None:
        self._database = database
        self._cache = cache
        self._telegram = telegram
        self._habits = habits
        self._now = now

    def dispatcher(self) -> Dispatcher:
        """Return aiogram's dispatcher with these handlers; the first that matches is called."""
        dispatcher = Dispatcher(disable_fsm=True)
        dispatcher.message.register(self.only_private, F.chat.type != _PRIVATE)
        dispatcher.message.register(self.start, CommandStart())
        dispatcher.message.register(self.help, Command("help"))
        dispatcher.message.register(self.today, Command("today"))
        dispatcher.message.register(self.anything_else)
        dispatcher.callback_query.register(self.press)
        dispatcher.my_chat_member.register(self.membership, F.chat.type == _PRIVATE)
        return dispatcher

    async def only_private(self, message: types.Message) -> None:
        """Say in a group that habits are nobody else's business."""
        await self._telegram.say(message.chat.id, answers.ONLY_PRIVATE)

    async def start(self, message: types.Message, command: CommandObject) -> None:
        """Link the chat by the code of a deep link, or explain how to."""
        chat_id = message.chat.id
        if not command.args:
            known = await self._find_owner(chat_id)
            text = answers.LINKED_ALREADY if known else answers.HOW_TO_LINK
            await self._telegram.say(chat_id, text)
            return
        owner_id = await links.take_code(self._cache, command.args)
        if owner_id is None:
            known = await self._find_owner(chat_id)
            text = answers.LINKED_ALREADY if known else answers.LINK_SPENT
            await self._telegram.say(chat_id, text)
            return
        try:
            await self._link(owner_id, message)
        except Exception:
            await links.give_code_back(self._cache, owner_id, command.args)
            raise

    async def help(self, message: types.Message) -> None:
        """Say what the bot can do."""
        await self._telegram.say(message.chat.id, answers.HELP)

    async def today(self, message: types.Message) -> None:
        """List the day's habits, with buttons."""
        person = await self._find_owner(message.chat.id)
        if person is None:
            await self._telegram.say(message.chat.id, answers.HOW_TO_LINK)
            return
        try:
            today = await self._habits.today(person.owner_id, _request_id(message))
        except CannotDo as refused:
            await self._telegram.say(message.chat.id, str(refused))
        except AccountGone:
            await self._forget(person, message.chat.id)
        else:
            text, buttons = today_text(today), today_buttons(today)
            await self._telegram.say(message.chat.id, text, buttons)

    async def anything_else(self, message: types.Message) -> None:
        """Say what would have been understood."""
        known = await self._find_owner(message.chat.id)
        text = answers.NOT_UNDERSTOOD if known else answers.HOW_TO_LINK
        await self._telegram.say(message.chat.id, text)

    async def press(self, callback: types.CallbackQuery) -> None:
        """Do what a button stands for, and show it in place."""
        message, press = callback.message, find_press(callback.data or "")
        if message is None or press is None:
            await self._telegram.toast(callback.id, answers.BUTTON_OLD, alert=True)
            return
        person = await self._find_owner(message.chat.id)
        if person is None:
            await self._telegram.toast(callback.id, answers.HOW_TO_LINK, alert=True)
            return
        request_id = request_id_of(message.chat.id, message.message_id, callback.id, callback.data)
        try:
            answer = await self._habits.press(person, press, request_id)
            await self._show(person, message, press, answer, request_id)
            await self._telegram.toast(callback.id, answer.words)
        except CannotDo as refused:
            await self._telegram.toast(callback.id, str(refused), alert=True)
        except AccountGone:
            await self._telegram.toast(callback.id)
            await self._forget(person, message.chat.id)

    async def membership(self, event: types.ChatMemberUpdated) -> None:
        """Note that a person has blocked the bot, or let it speak again."""
        reachable = event.new_chat_member.status != _BLOCKED
        async with self._database.transaction() as session:
            await links.note_reachable(session, event.chat.id, reachable=reachable)

    async def _link(self, owner_id: UUID, message: types.Message) -> None:
        sender = message.from_user
        chat = Chat(
            owner_id=owner_id,
            chat_id=message.chat.id,
            title=sender.full_name if sender else "",
            create_time=self._now(),
        )
        async with self._database.transaction() as session:
            linked = await links.link_chat(session, chat)
        if linked is None:
            await self._telegram.say(chat.chat_id, answers.LINK_SPENT)
            return
        person, moved_from = linked
        _log.info("chat linked", extra={"owner_id": owner_id})
        if moved_from is not None:
            await self._telegram.say(moved_from, answers.MOVED_AWAY)
        await self._telegram.say(chat.chat_id, answers.greeting(person))

    async def _show(
        self,
        person: Person,
        message: types.MaybeInaccessibleMessageUnion,
        press: Press,
        answer: Answer,
        request_id: str,
    ) -> None:
        """Change the message whose button was pressed; what was done stays done without it."""
        if press.place is Place.TODAY:
            try:
                today = await self._habits.today(person.owner_id, request_id, press.logical_date)
            except CannotDo:
                return
            undo = press.doing(Action.UNDO, revision=answer.revision) if answer.revision else None
            text, buttons = today_text(today), today_buttons(today, undo)
        else:
            # Of a very old message Telegram tells no text any more.
            written = message.text or "" if isinstance(message, types.Message) else ""
            text = answers.under_title(written, answer.words)
            buttons = answers.answered_buttons(press, revision=answer.revision)
        await self._telegram.edit(message.chat.id, message.message_id, text, buttons)

    async def _find_owner(self, chat_id: int) -> Person | None:
        """Return whose chat this is. Who writes can be written to."""
        async with self._database.transaction() as session:
            person = await links.find_owner(session, chat_id)
            if person is not None:
                await links.note_reachable(session, chat_id, reachable=True)
        return person

    async def _forget(self, person: Person, chat_id: int) -> None:
        async with self._database.transaction() as session:
            await links.unlink(session, person.owner_id)
        await self._telegram.say(chat_id, answers.ACCOUNT_GONE)


def _request_id(message: types.Message) -> str:
    return request_id_of(message.chat.id, message.message_id, message.date.timestamp())
