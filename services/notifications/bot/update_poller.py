"""Listens to Telegram: what happened in chats comes in, in order, and none is lost in a crash."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from chassis.clock import sleep_or_stop
from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.domain.i18n import LANGUAGES, gettext, mark, use_language
from services.notifications.domain.replies import ONE_MOMENT, TRY_AGAIN
from services.notifications.telegram import Telegram
from services.notifications.telegram.library import (
    Bot,
    ClientDecodeError,
    Dispatcher,
    TelegramAPIError,
    TelegramRetryAfter,
    methods,
    types,
)
from services.notifications.use_cases import links

POLL = timedelta(seconds=25)
"""How long Telegram holds a question for news before it says that there are none."""

_ALLOWED = ["message", "callback_query", "my_chat_member"]
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0
_ANSWER_SECONDS = 10.0
_CHATS_AT_ONCE = 16
_TRIES = 5
_PATIENCE_SECONDS = 2.0
"""A button that has had no answer for so long gets one; Telegram's clients wait for it."""
_COMMANDS = {
    "today": mark("Your habits of today"),
    "new": mark("Make a habit"),
    "habits": mark("All habits"),
    "stats": mark("A picture of the last days"),
    "report": mark("A report now"),
    "pause": mark("Pause everything"),
    "resume": mark("End the pause"),
    "settings": mark("Settings"),
    "code": mark("A code to sign in elsewhere"),
    "unlink": mark("Disconnect this chat"),
    "delete": mark("Delete the account"),
    "cancel": mark("Stop what we are in the middle of"),
    "help": mark("What I can do"),
}
_DESCRIPTION = mark("I remind you of your habits and keep track of them with one tap.")
_log = logging.getLogger(__name__)


class UpdatePoller:
    """Asks Telegram for updates and hands them on. There may be one for a bot, no more.

    Updates are confirmed when they have been handled: after a crash those that were not come
    again, and what they ask for is asked under the same request id. A chat's updates are handled
    in order, those of different chats beside each other.
    """

    def __init__(self, telegram: Telegram, cache: Cache, dispatcher: Dispatcher) -> None:
        self._telegram = telegram
        self._cache = cache
        self._dispatcher = dispatcher
        self._offset: int | None = None
        self._room = asyncio.Semaphore(_CHATS_AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set, however often Telegram is down."""
        bot = await self._telegram.bot()
        wait, introduced = _FIRST_WAIT_SECONDS, False
        while not stop.is_set():
            try:
                if not introduced:
                    await self._introduce(bot)
                    introduced = True
                await self.handle(bot, await self._next_updates(bot, stop), stop)
                wait = _FIRST_WAIT_SECONDS
            except (TelegramAPIError, ClientDecodeError, Unavailable) as error:
                if isinstance(error, TelegramRetryAfter):
                    wait = max(wait, float(error.retry_after))
                _log.warning("Telegram is away", extra={"cause": str(error), "wait": wait})
                await sleep_or_stop(wait, stop)
                wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
        await self._confirm(bot)

    async def handle(self, bot: Bot, updates: Sequence[types.Update], stop: asyncio.Event) -> None:
        """Handle updates, each chat's in order, and count them as handled afterwards."""
        by_chat: dict[int | None, list[types.Update]] = {}
        for update in updates:
            by_chat.setdefault(_chat_of(update), []).append(update)
        await asyncio.gather(*(self._handle_chat(bot, chat, stop) for chat in by_chat.values()))
        if updates:
            self._offset = updates[-1].update_id + 1

    async def _handle_chat(
        self, bot: Bot, updates: Sequence[types.Update], stop: asyncio.Event
    ) -> None:
        async with self._room:
            for update in updates:
                await self._handle_one(bot, update, stop)

    async def _handle_one(self, bot: Bot, update: types.Update, stop: asyncio.Event) -> None:
        """Handle one update once; a button gets an answer soon, however long the rest takes."""
        if await self._cache.is_handled(update.update_id):
            return
        waiting = None
        if update.callback_query is not None:
            waiting = asyncio.create_task(self._answer_soon(update.callback_query))
        try:
            if not await self._dispatch(bot, update, stop):
                await self._apologize(update)
        finally:
            if waiting is not None:
                waiting.cancel()
        await self._cache.mark_handled(update.update_id)

    async def _dispatch(self, bot: Bot, update: types.Update, stop: asyncio.Event) -> bool:
        """Call the handlers; while our own database or Redis is away, retry for half a minute."""
        wait = _FIRST_WAIT_SECONDS
        for _ in range(_TRIES):
            try:
                await self._dispatcher.feed_update(bot, update)
                return True
            except Unavailable as error:
                _log.warning("update waits", extra={"cause": str(error)})
                await sleep_or_stop(wait, stop)
                wait *= 2
            except Exception:
                _log.exception("update failed", extra={"update_id": update.update_id})
                break
        return False

    async def _answer_soon(self, callback: types.CallbackQuery) -> None:
        """Answer a button whose work takes long; what comes of it is shown in its message."""
        await asyncio.sleep(_PATIENCE_SECONDS)
        with use_language(callback.from_user.language_code or ""):
            await self._telegram.answer_callback(callback.id, gettext(ONE_MOMENT))

    async def _apologize(self, update: types.Update) -> None:
        """Say that something did not work."""
        event = update.callback_query or update.message
        sender = event.from_user if event is not None else None
        with use_language((sender and sender.language_code) or ""):
            if update.callback_query is not None:
                callback_id = update.callback_query.id
                await self._telegram.answer_callback(callback_id, gettext(TRY_AGAIN), alert=True)
            elif update.message is not None:
                await self._telegram.send_text(update.message.chat.id, gettext(TRY_AGAIN))

    async def _next_updates(self, bot: Bot, stop: asyncio.Event) -> list[types.Update]:
        """Wait for updates; none come when `stop` is set."""
        seconds = int(POLL.total_seconds())
        ask = methods.GetUpdates(offset=self._offset, timeout=seconds, allowed_updates=_ALLOWED)
        asking = asyncio.create_task(bot(ask, request_timeout=seconds + int(_ANSWER_SECONDS)))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((asking, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not asking.done():
            asking.cancel()
            await asyncio.wait((asking,))
            return []
        return asking.result()

    async def _introduce(self, bot: Bot) -> None:
        """Tell the others the bot's name and Telegram its commands, and take updates over."""
        await links.fetch_username(self._cache, self._telegram)
        await bot(methods.DeleteWebhook(drop_pending_updates=False))
        for language in LANGUAGES:
            await self._describe(bot, language)
        _log.info("bot listens")

    async def _describe(self, bot: Bot, language: str) -> None:
        """Set the menu of commands and the bot's descriptions in a language."""
        code = None if language == LANGUAGES[0] else language  # the first is for all others too
        with use_language(language):
            commands = [
                types.BotCommand(command=name, description=gettext(text))
                for name, text in _COMMANDS.items()
            ]
            description = gettext(_DESCRIPTION)
        await bot(methods.SetMyCommands(commands=commands, language_code=code))
        await bot(methods.SetMyDescription(description=description, language_code=code))
        await bot(methods.SetMyShortDescription(short_description=description, language_code=code))

    async def _confirm(self, bot: Bot) -> None:
        """Tell Telegram on the way out what has been handled, so that it does not come again."""
        if self._offset is None:
            return
        try:
            await bot(
                methods.GetUpdates(offset=self._offset, limit=1, timeout=0), request_timeout=2
            )
        except (TelegramAPIError, ClientDecodeError):
            _log.info("the last updates will come again")


def _chat_of(update: types.Update) -> int | None:
    """Return the chat in which something happened."""
    if update.message is not None:
        return update.message.chat.id
    if update.callback_query is not None:
        return update.callback_query.from_user.id
    if update.my_chat_member is not None:
        return update.my_chat_member.chat.id
    return None
