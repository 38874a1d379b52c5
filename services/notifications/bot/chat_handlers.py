"""What the bot does about each thing that can happen in a chat."""

import logging
from uuid import UUID

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from services.notifications.bot.delegated_calls import AccountDeleted, ActionRefused
from services.notifications.bot.habits_client import ActionResult, HabitsClient
from services.notifications.cache import Cache
from services.notifications.domain import replies
from services.notifications.domain.buttons import (
    ButtonAction,
    ButtonKind,
    MessageKind,
    parse_button_action,
)
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


class ChatHandlers:
    """Answers commands, buttons and anything else. Every handler may be called again."""

    def __init__(
        self,
        database: Database,
        cache: Cache,
        telegram: Telegram,
        habits: HabitsClient,
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
        dispatcher.callback_query.register(self.action)
        dispatcher.my_chat_member.register(self.membership, F.chat.type == _PRIVATE)
        return dispatcher

    async def only_private(self, message: types.Message) -> None:
        """Say in a group that habits are nobody else's business."""
        await self._telegram.send_text(message.chat.id, replies.ONLY_PRIVATE)

    async def start(self, message: types.Message, command: CommandObject) -> None:
        """Link the chat by the code of a deep link, or explain how to."""
        chat_id = message.chat.id
        if not command.args:
            known = await self._find_owner(chat_id)
            text = replies.LINKED_ALREADY if known else replies.HOW_TO_LINK
            await self._telegram.send_text(chat_id, text)
            return
        owner_id = await links.consume_code(self._cache, command.args)
        if owner_id is None:
            known = await self._find_owner(chat_id)
            text = replies.LINKED_ALREADY if known else replies.LINK_SPENT
            await self._telegram.send_text(chat_id, text)
            return
        try:
            await self._link(owner_id, message)
        except Exception:
            await links.restore_code(self._cache, owner_id, command.args)
            raise

    async def help(self, message: types.Message) -> None:
        """Say what the bot can do."""
        await self._telegram.send_text(message.chat.id, replies.HELP)

    async def today(self, message: types.Message) -> None:
        """List the day's habits, with buttons."""
        person = await self._find_owner(message.chat.id)
        if person is None:
            await self._telegram.send_text(message.chat.id, replies.HOW_TO_LINK)
            return
        try:
            today = await self._habits.today(person.owner_id, _request_id(message))
        except ActionRefused as refused:
            await self._telegram.send_text(message.chat.id, str(refused))
        except AccountDeleted:
            await self._unlink(person, message.chat.id)
        else:
            text, buttons = today_text(today), today_buttons(today)
            await self._telegram.send_text(message.chat.id, text, buttons)

    async def anything_else(self, message: types.Message) -> None:
        """Say what would have been understood."""
        known = await self._find_owner(message.chat.id)
        text = replies.NOT_UNDERSTOOD if known else replies.HOW_TO_LINK
        await self._telegram.send_text(message.chat.id, text)

    async def action(self, callback: types.CallbackQuery) -> None:
        """Do what a button stands for, and show it in place."""
        message, action = callback.message, parse_button_action(callback.data or "")
        if message is None or action is None:
            await self._telegram.answer_callback(callback.id, replies.BUTTON_OLD, alert=True)
            return
        person = await self._find_owner(message.chat.id)
        if person is None:
            await self._telegram.answer_callback(callback.id, replies.HOW_TO_LINK, alert=True)
            return
        request_id = request_id_of(message.chat.id, message.message_id, callback.id, callback.data)
        try:
            result = await self._habits.act(person, action, request_id)
            await self._show(person, message, action, result, request_id)
            await self._telegram.answer_callback(callback.id, result.text)
        except ActionRefused as refused:
            await self._telegram.answer_callback(callback.id, str(refused), alert=True)
        except AccountDeleted:
            await self._telegram.answer_callback(callback.id)
            await self._unlink(person, message.chat.id)

    async def membership(self, event: types.ChatMemberUpdated) -> None:
        """Note that a person has blocked the bot, or let it speak again."""
        reachable = event.new_chat_member.status != _BLOCKED
        async with self._database.transaction() as session:
            await links.mark_reachable(session, event.chat.id, reachable=reachable)

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
            await self._telegram.send_text(chat.chat_id, replies.LINK_SPENT)
            return
        person, previous_chat_id = linked
        _log.info("chat linked", extra={"owner_id": owner_id})
        if previous_chat_id is not None:
            await self._telegram.send_text(previous_chat_id, replies.MOVED_AWAY)
        await self._telegram.send_text(chat.chat_id, replies.greeting(person))

    async def _show(
        self,
        person: Person,
        message: types.MaybeInaccessibleMessageUnion,
        action: ButtonAction,
        result: ActionResult,
        request_id: str,
    ) -> None:
        """Change the message whose button was pressed; what was done stays done without it."""
        if action.message_kind is MessageKind.TODAY:
            try:
                today = await self._habits.today(person.owner_id, request_id, action.logical_date)
            except ActionRefused:
                return
            undo = (
                action.with_action(ButtonKind.UNDO, revision=result.revision)
                if result.revision
                else None
            )
            text, buttons = today_text(today), today_buttons(today, undo)
        else:
            # Of a very old message Telegram tells no text any more.
            written = message.text or "" if isinstance(message, types.Message) else ""
            text = replies.with_title(written, result.text)
            buttons = replies.answered_buttons(action, revision=result.revision)
        await self._telegram.edit(message.chat.id, message.message_id, text, buttons)

    async def _find_owner(self, chat_id: int) -> Person | None:
        """Return whose chat this is. Who writes can be written to."""
        async with self._database.transaction() as session:
            person = await links.find_owner(session, chat_id)
            if person is not None:
                await links.mark_reachable(session, chat_id, reachable=True)
        return person

    async def _unlink(self, person: Person, chat_id: int) -> None:
        async with self._database.transaction() as session:
            await links.unlink(session, person.owner_id)
        await self._telegram.send_text(chat_id, replies.ACCOUNT_DELETED)


def _request_id(message: types.Message) -> str:
    return request_id_of(message.chat.id, message.message_id, message.date.timestamp())
