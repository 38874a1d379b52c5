"""The bot as this service uses it. aiogram is imported when it is first used, not before."""

import asyncio
import importlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chassis.errors import Unavailable
from services.notifications.domain.buttons import NO_BUTTONS, Buttons
from services.notifications.domain.messages import LONGEST_CAPTION
from services.notifications.domain.sending import (
    Delivered,
    Message,
    RateLimited,
    Rejected,
    SendResult,
)

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
        self._answered_early: set[str] = set()

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
            send_result_of(error)  # raises what is a bug
            raise Unavailable(f"Telegram does not tell the bot's name: {error}") from error

    async def send(self, message: Message, picture: bytes | None = None) -> SendResult:
        """Send a message once, and say what came of it.

        With a picture it is the picture's caption, unless it is too long for that, or Telegram does
        not take the picture.
        """
        if picture is not None and text_length(message.text) <= LONGEST_CAPTION:
            result = await self._send(message, picture)
            if not isinstance(result, Rejected):
                return result
            _log.warning("picture not taken", extra={"cause": result.detail})
        return await self._send(message, None)

    async def _send(self, message: Message, picture: bytes | None) -> SendResult:
        bot, chat_id = await self.bot(), message.chat_id
        assert chat_id is not None  # noqa: S101 - it goes to the chat
        from services.notifications.telegram.library import BufferedInputFile

        markup, silent = markup_of(message.buttons), message.silent or None
        try:
            if picture is not None:
                sent = await bot.send_photo(
                    chat_id,
                    BufferedInputFile(picture, PICTURE_NAME),
                    caption=message.text,
                    reply_markup=markup,
                    disable_notification=silent,
                )
            else:
                sent = await bot.send_message(
                    chat_id,
                    message.text,
                    reply_markup=markup,
                    disable_notification=silent,
                )
        except Exception as error:
            return send_result_of(error)
        return Delivered(sent.message_id)

    async def send_text(self, chat_id: int, text: str, buttons: Buttons = NO_BUTTONS) -> int | None:
        """Answer a person in their chat, and return the answer's number.

        An answer that Telegram does not take is lost, and logged; its number is None.
        """
        from services.notifications.telegram.library import methods

        markup = markup_of(buttons)
        method = methods.SendMessage(chat_id=chat_id, text=text, reply_markup=markup)
        sent: types.Message | None = await self._call(method)
        return sent.message_id if sent is not None else None

    async def send_reply(self, chat_id: int, text: str, message_id: int) -> int | None:
        """Answer a message; return the answer's number, None when Telegram does not take it."""
        from services.notifications.telegram.library import types

        bot = await self.bot()
        answered = types.ReplyParameters(message_id=message_id, allow_sending_without_reply=True)
        try:
            sent = await bot.send_message(chat_id, text, reply_parameters=answered)
        except Exception as error:
            outcome = str(send_result_of(error))
            _log.warning("answer not taken", extra={"method": "SendMessage", "outcome": outcome})
            return None
        return sent.message_id

    async def send_location_request(self, chat_id: int, text: str, label: str) -> None:
        """Offer a button below the input field that shares the person's location."""
        from services.notifications.telegram.library import methods, types

        share = types.KeyboardButton(text=label, request_location=True)
        keyboard = types.ReplyKeyboardMarkup(
            keyboard=[[share]], resize_keyboard=True, one_time_keyboard=True
        )
        await self._call(methods.SendMessage(chat_id=chat_id, text=text, reply_markup=keyboard))

    async def send_text_without_keyboard(self, chat_id: int, text: str) -> None:
        """Answer a person, and take away the button below the input field."""
        from services.notifications.telegram.library import methods, types

        markup = types.ReplyKeyboardRemove(remove_keyboard=True)
        await self._call(methods.SendMessage(chat_id=chat_id, text=text, reply_markup=markup))

    async def edit(self, chat_id: int, message_id: int, text: str, buttons: Buttons) -> None:
        """Change a message that is there."""
        await self._call(_edit_of(chat_id, message_id, text, buttons))

    async def remove_buttons(self, chat_id: int, message_id: int) -> None:
        """Take the buttons from a message, whose words stay."""
        from services.notifications.telegram.library import methods

        await self._call(methods.EditMessageReplyMarkup(chat_id=chat_id, message_id=message_id))

    async def try_edit(
        self, chat_id: int, message_id: int, text: str, buttons: Buttons
    ) -> SendResult | None:
        """Change a message that is there, once, and say what came of it; None when it changed."""
        await self.bot()  # imports aiogram
        _, failure = await self._try(_edit_of(chat_id, message_id, text, buttons))
        return failure

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
                reply_markup=markup_of(buttons),
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
                reply_markup=markup_of(buttons),
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

    async def answer_early(self, callback_id: str, text: str) -> None:
        """Answer a press whose work goes on; an alert of it becomes a message from now on."""
        self._answered_early.add(callback_id)
        await self.answer_callback(callback_id, text)

    async def alert(self, callback_id: str, chat_id: int, text: str) -> None:
        """Answer a press by an alert; by a message where it has its one answer already."""
        if callback_id in self._answered_early:
            await self.send_text(chat_id, text)
        else:
            await self.answer_callback(callback_id, text, alert=True)

    def end_callback(self, callback_id: str) -> None:
        """Forget a press whose work is done."""
        self._answered_early.discard(callback_id)

    async def close(self) -> None:
        """Close the connections."""
        if self._bot is not None:
            await self._bot.session.close()

    async def _call(self, method: "methods.TelegramMethod[Any]") -> Any:
        """Make a request, again after a short pause; return its answer, None where it failed."""
        answer, failure = await self._try(method)
        if isinstance(failure, RateLimited) and failure.retry_after <= LONGEST_PAUSE:
            await asyncio.sleep(failure.retry_after.total_seconds())
            answer, failure = await self._try(method)
        if failure is not None:
            _log.warning(
                "answer not taken",
                extra={"method": type(method).__name__, "outcome": str(failure)},
            )
        return answer

    async def _try(self, method: "methods.TelegramMethod[Any]") -> tuple[Any, SendResult | None]:
        """Make a request; return its answer, or what came of it instead."""
        bot = await self.bot()
        try:
            return await bot(method), None
        except Exception as error:
            return None, send_result_of(error)


def text_length(text: str) -> int:
    """Return the length of a text as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def send_result_of(error: Exception) -> SendResult:
    """Return what an error of aiogram means for what was sent; raise it again when it is a bug."""
    result: SendResult | None = importlib.import_module(_SESSION).send_result_of(error)
    if result is None:
        raise error
    return result


def _edit_of(
    chat_id: int, message_id: int, text: str, buttons: Buttons
) -> "methods.EditMessageText":
    from services.notifications.telegram.library import methods

    return methods.EditMessageText(
        chat_id=chat_id, message_id=message_id, text=text, reply_markup=markup_of(buttons)
    )


def markup_of(buttons: Buttons) -> "types.InlineKeyboardMarkup | None":
    """Return buttons as aiogram has them; None without any."""
    from services.notifications.telegram.library import types

    if not buttons:
        return None
    return types.InlineKeyboardMarkup(
        inline_keyboard=[
            [types.InlineKeyboardButton(text=it.label, callback_data=it.data) for it in row]
            for row in buttons
        ]
    )
