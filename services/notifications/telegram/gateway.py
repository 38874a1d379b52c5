"""The bot as this service uses it. aiogram is imported when it is first used, not before."""

import asyncio
import importlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chassis.errors import Unavailable
from services.notifications.domain.buttons import NO_BUTTONS, Buttons
from services.notifications.domain.sending import Delivered, Message, RateLimited, SendResult

if TYPE_CHECKING:
    from services.notifications.telegram.library import Bot, methods, types

LONGEST_PAUSE = timedelta(seconds=3)
"""An answer to a person waits so long where Telegram asks for a pause, and is dropped beyond."""

PICTURE_NAME = "picture.png"

_SESSION = "services.notifications.telegram.session"
_log = logging.getLogger(__name__)


class Telegram:
    """One bot.

    Args:
        token: The bot's token; kept out of every log.
        api_url: Where the Bot API is; Telegram's own when None.
        timeout: Longest a request may take; listening for updates has its own.
    """

    def __init__(self, token: str, *, api_url: str | None, timeout: timedelta) -> None:
        self.token = token
        self._api_url = api_url
        self._timeout = timeout
        self._bot: Bot | None = None
        self._opening = asyncio.Lock()

    async def bot(self) -> "Bot":
        """Return aiogram's bot; the first time, import aiogram beside the running work."""
        async with self._opening:
            if self._bot is None:
                session = await asyncio.to_thread(importlib.import_module, _SESSION)
                self._bot = session.open_bot(
                    self.token,
                    api_url=self._api_url,
                    timeout_seconds=self._timeout.total_seconds(),
                )
        assert self._bot is not None  # noqa: S101 - made above
        return self._bot

    async def username(self) -> str:
        """Ask what the bot is called.

        Raises:
            Unavailable: Telegram does not answer, or does not know the token.
        """
        bot = await self.bot()
        try:
            return (await bot.get_me()).username or ""
        except Exception as error:
            if _send_result_of(error) is None:
                raise
            raise Unavailable(f"Telegram does not tell the bot's name: {error}") from error

    async def send(self, message: Message) -> SendResult:
        """Send a message once, and say what came of it."""
        bot = await self.bot()
        try:
            sent = await bot.send_message(
                message.chat_id,
                message.text,
                reply_markup=_markup(message.buttons),
                disable_notification=message.silent or None,
            )
        except Exception as error:
            result = _send_result_of(error)
            if result is None:
                raise
            return result
        return Delivered(sent.message_id)

    async def send_text(self, chat_id: int, text: str, buttons: Buttons = NO_BUTTONS) -> None:
        """Answer a person in their chat; an answer Telegram does not take is lost, and logged."""
        from services.notifications.telegram.library import methods

        markup = _markup(buttons)
        await self._call(methods.SendMessage(chat_id=chat_id, text=text, reply_markup=markup))

    async def edit(self, chat_id: int, message_id: int, text: str, buttons: Buttons) -> None:
        """Change a message that is there."""
        from services.notifications.telegram.library import methods

        await self._call(
            methods.EditMessageText(
                chat_id=chat_id, message_id=message_id, text=text, reply_markup=_markup(buttons)
            )
        )

    async def send_picture(
        self, chat_id: int, picture: bytes, caption: str, buttons: Buttons = NO_BUTTONS
    ) -> None:
        """Send a PNG with a caption."""
        from services.notifications.telegram.library import BufferedInputFile, methods

        await self._call(
            methods.SendPhoto(
                chat_id=chat_id,
                photo=BufferedInputFile(picture, PICTURE_NAME),
                caption=caption,
                reply_markup=_markup(buttons),
            )
        )

    async def edit_picture(
        self, chat_id: int, message_id: int, picture: bytes, caption: str, buttons: Buttons
    ) -> None:
        """Put another PNG and caption in place of those of a message."""
        from services.notifications.telegram.library import BufferedInputFile, methods, types

        media = types.InputMediaPhoto(
            media=BufferedInputFile(picture, PICTURE_NAME), caption=caption
        )
        await self._call(
            methods.EditMessageMedia(
                chat_id=chat_id,
                message_id=message_id,
                media=media,
                reply_markup=_markup(buttons),
            )
        )

    async def answer_callback(
        self, callback_id: str, text: str = "", *, alert: bool = False
    ) -> None:
        """Answer the press of a button: it stops turning, and the text shows for a while."""
        from services.notifications.telegram.library import methods

        await self._call(
            methods.AnswerCallbackQuery(
                callback_query_id=callback_id, text=text or None, show_alert=alert or None
            )
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._bot is not None:
            await self._bot.session.close()

    async def _call(self, method: "methods.TelegramMethod[Any]") -> None:
        result = await self._try(method)
        if isinstance(result, RateLimited) and result.retry_after <= LONGEST_PAUSE:
            await asyncio.sleep(result.retry_after.total_seconds())
            result = await self._try(method)
        if result is not None:
            _log.warning(
                "answer not taken",
                extra={"method": type(method).__name__, "outcome": str(result)},
            )

    async def _try(self, method: "methods.TelegramMethod[Any]") -> SendResult | None:
        """Make a request; None when it went well."""
        bot = await self.bot()
        try:
            await bot(method)
        except Exception as error:
            result = _send_result_of(error)
            if result is None:
                raise
            return result
        return None


def _send_result_of(error: Exception) -> SendResult | None:
    result: SendResult | None = importlib.import_module(_SESSION).send_result_of(error)
    return result


def _markup(buttons: Buttons) -> "types.InlineKeyboardMarkup | None":
    from services.notifications.telegram.library import types

    if not buttons:
        return None
    return types.InlineKeyboardMarkup(
        inline_keyboard=[
            [types.InlineKeyboardButton(text=it.label, callback_data=it.data) for it in row]
            for row in buttons
        ]
    )
