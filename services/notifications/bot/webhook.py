"""Receives updates that Telegram posts, instead of asking for them."""

import asyncio
import hmac
import logging
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import ValidationError

from chassis.clock import sleep_or_stop
from chassis.errors import Unavailable
from services.notifications.bot.introduction import introduce
from services.notifications.bot.update_handler import (
    ALLOWED_UPDATES,
    UpdateHandler,
    chat_of_update,
)
from services.notifications.cache import Cache
from services.notifications.settings import WebhookAddress
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

MOST_CONNECTIONS = 16
"""Updates that Telegram delivers at once."""

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0
_SHUTDOWN_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Turns:
    """The updates of one chat that wait for each other."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    count: int = 0


class WebhookReceiver:
    """Takes the updates of one bot and answers 200 when they have been handled.

    What is not answered Telegram posts again: an update whose handling a crash cut short is handled
    anew, under the same request id, and one that was handled is not handled twice. A chat's updates
    are handled in the order in which they come in, those of different chats beside each other.
    """

    def __init__(
        self,
        telegram: Telegram,
        cache: Cache,
        dispatcher: Dispatcher,
        address: WebhookAddress,
        *,
        mini_app_url: str | None = None,
    ) -> None:
        self._mini_app_url = mini_app_url
        self._telegram = telegram
        self._cache = cache
        self._address = address
        self._handler = UpdateHandler(telegram, cache, dispatcher)
        self._turns: dict[int | None, _Turns] = {}
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Receive updates until `stop` is set; then finish those that are being handled."""
        self._stop = stop
        app = web.Application()
        app.router.add_post(urlsplit(self._address.url).path or "/", self.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._address.host, self._address.port).start()
            await self._set_webhook(stop)
            await stop.wait()
        finally:
            await runner.cleanup()

    async def handle(self, request: web.Request) -> web.Response:
        """Handle a posted update; 401 without the secret, 503 where it is to be posted again."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        # aiohttp reads headers that are not UTF-8 with surrogates.
        is_ours = hmac.compare_digest(
            given.encode("utf-8", "surrogateescape"), self._address.secret.encode()
        )
        if not is_ours:
            return web.Response(status=401, text="The secret token is missing or wrong.")
        bot = await self._telegram.bot()
        try:
            update = types.Update.model_validate_json(await request.read(), context={"bot": bot})
        except ValidationError:
            # Posted again it would be no better, and would keep the others waiting.
            _log.exception("not an update")
            return web.Response()
        try:
            await self._handle_in_turn(bot, update)
        except Unavailable as error:
            _log.warning("update is to come again", extra={"cause": str(error)})
            return web.Response(status=503)
        return web.Response()

    async def _handle_in_turn(self, bot: Bot, update: types.Update) -> None:
        """Handle an update when those of its chat that came before it are done."""
        chat = chat_of_update(update)
        turns = self._turns.setdefault(chat, _Turns())
        turns.count += 1
        try:
            async with turns.lock:
                await self._handler.handle(bot, update, self._stop)
        finally:
            turns.count -= 1
            if not turns.count:
                del self._turns[chat]

    async def _set_webhook(self, stop: asyncio.Event) -> None:
        """Tell Telegram where to post, however often it is down."""
        bot, wait = await self._telegram.bot(), _FIRST_WAIT_SECONDS
        while not stop.is_set():
            try:
                await bot(
                    methods.SetWebhook(
                        url=self._address.url,
                        secret_token=self._address.secret,
                        allowed_updates=ALLOWED_UPDATES,
                        max_connections=MOST_CONNECTIONS,
                        drop_pending_updates=False,
                    )
                )
            except (TelegramAPIError, ClientDecodeError, Unavailable) as error:
                if isinstance(error, TelegramRetryAfter):
                    wait = max(wait, float(error.retry_after))
                _log.warning("webhook is not set", extra={"cause": str(error), "wait": wait})
                await sleep_or_stop(wait, stop)
                wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
            else:
                await introduce(bot, self._telegram, self._cache, self._mini_app_url)
                _log.info("bot listens", extra={"webhook": True})
                return
