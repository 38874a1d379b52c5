"""Handles one update of the chat, once, however it came in."""

import asyncio
import logging

from chassis.clock import sleep_or_stop
from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.domain.i18n import gettext, use_language
from services.notifications.domain.replies import ONE_MOMENT, TRY_AGAIN
from services.notifications.telegram import Telegram
from services.notifications.telegram.library import Bot, Dispatcher, types

ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]

_FIRST_WAIT_SECONDS = 1.0
_TRIES = 5
_PATIENCE_SECONDS = 2.0
"""A button that has had no answer for so long gets one; Telegram's clients wait for it."""
_log = logging.getLogger(__name__)


class UpdateHandler:
    """Gives updates to the dispatcher; one that is delivered again is not handled again."""

    def __init__(self, telegram: Telegram, cache: Cache, dispatcher: Dispatcher) -> None:
        self._telegram = telegram
        self._cache = cache
        self._dispatcher = dispatcher

    async def handle(self, bot: Bot, update: types.Update, stop: asyncio.Event) -> None:
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
            if waiting is not None and update.callback_query is not None:
                waiting.cancel()
                self._telegram.end_callback(update.callback_query.id)
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
            await self._telegram.answer_early(callback.id, gettext(ONE_MOMENT))

    async def _apologize(self, update: types.Update) -> None:
        """Say that something did not work."""
        event = update.callback_query or update.message
        sender = event.from_user if event is not None else None
        with use_language((sender and sender.language_code) or ""):
            if update.callback_query is not None:
                press = update.callback_query
                await self._telegram.alert(press.id, press.from_user.id, gettext(TRY_AGAIN))
            elif update.message is not None:
                await self._telegram.send_text(update.message.chat.id, gettext(TRY_AGAIN))


def chat_of_update(update: types.Update) -> int | None:
    """Return the chat in which something happened."""
    if update.message is not None:
        return update.message.chat.id
    if update.callback_query is not None:
        return update.callback_query.from_user.id
    if update.my_chat_member is not None:
        return update.my_chat_member.chat.id
    return None
