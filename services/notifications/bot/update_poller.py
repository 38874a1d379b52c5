"""Listens to Telegram: what happened in chats comes in, in order, and none is lost in a crash."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from chassis.clock import sleep_or_stop
from chassis.errors import Unavailable
from services.notifications.bot.introduction import introduce
from services.notifications.bot.update_handler import (
    ALLOWED_UPDATES,
    UpdateHandler,
    chat_of_update,
)
from services.notifications.cache import Cache
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

POLL = timedelta(seconds=25)
"""How long Telegram holds a question for news before it says that there are none."""

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0
_ANSWER_SECONDS = 10.0
_CHATS_AT_ONCE = 16
_log = logging.getLogger(__name__)


class UpdatePoller:
    """Asks Telegram for updates and hands them on. There may be one for a bot, no more.

    Updates are confirmed when they have been handled: after a crash those that were not come
    again, and what they ask for is asked under the same request id. A chat's updates are handled
    in order, those of different chats beside each other.
    """

    def __init__(
        self,
        telegram: Telegram,
        cache: Cache,
        dispatcher: Dispatcher,
        *,
        mini_app_url: str | None = None,
    ) -> None:
        self._mini_app_url = mini_app_url
        self._telegram = telegram
        self._cache = cache
        self._handler = UpdateHandler(telegram, cache, dispatcher)
        self._offset: int | None = None
        self._room = asyncio.Semaphore(_CHATS_AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set, however often Telegram is down."""
        bot = await self._telegram.bot()
        wait, introduced = _FIRST_WAIT_SECONDS, False
        while not stop.is_set():
            try:
                if not introduced:
                    await bot(methods.DeleteWebhook(drop_pending_updates=False))
                    await introduce(bot, self._telegram, self._cache, self._mini_app_url)
                    introduced = True
                    _log.info("bot listens")
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
            by_chat.setdefault(chat_of_update(update), []).append(update)
        await asyncio.gather(*(self._handle_chat(bot, chat, stop) for chat in by_chat.values()))
        if updates:
            self._offset = updates[-1].update_id + 1

    async def _handle_chat(
        self, bot: Bot, updates: Sequence[types.Update], stop: asyncio.Event
    ) -> None:
        async with self._room:
            for update in updates:
                await self._handler.handle(bot, update, stop)

    async def _next_updates(self, bot: Bot, stop: asyncio.Event) -> list[types.Update]:
        """Wait for updates; none come when `stop` is set."""
        seconds = int(POLL.total_seconds())
        ask = methods.GetUpdates(
            offset=self._offset, timeout=seconds, allowed_updates=ALLOWED_UPDATES
        )
        asking = asyncio.create_task(bot(ask, request_timeout=seconds + int(_ANSWER_SECONDS)))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((asking, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not asking.done():
            asking.cancel()
            await asyncio.wait((asking,))
            return []
        return asking.result()

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
