"""aiogram's session with our reading of its errors: what happened to the message, if anything."""

from datetime import timedelta

import aiohttp

from services.notifications.domain.sending import (
    NotDelivered,
    RateLimited,
    Rejected,
    SendResult,
    Unconfirmed,
    Unreachable,
)
from services.notifications.telegram import library as aiogram
from services.notifications.telegram.library import methods

_SERVER_ERRORS = 500
_LONGEST_DETAIL = 300
_UNREACHABLE = ("chat not found", "user is deactivated", "bot can't initiate conversation")

# A request that failed like this never left.
_NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Session(aiogram.AiohttpSession):
    """Reads a failing server's page, which is no JSON, as what it is: a failing server."""

    def check_response[T](
        self, bot: aiogram.Bot, method: methods.TelegramMethod[T], status_code: int, content: str
    ) -> methods.Response[T]:
        """Return the response, or raise the error it stands for."""
        try:
            return super().check_response(bot, method, status_code, content)
        except aiogram.ClientDecodeError:
            if status_code < _SERVER_ERRORS:
                raise
            raise aiogram.TelegramServerError(
                method=method, message=f"Telegram answered {status_code}."
            ) from None


def open_bot(token: str, *, api_url: str | None, timeout_seconds: float) -> aiogram.Bot:
    """Return a bot that talks to Telegram, or to another server of its API."""
    api = aiogram.TelegramAPIServer.from_base(api_url) if api_url else aiogram.PRODUCTION
    return aiogram.Bot(token, session=Session(api=api, timeout=timeout_seconds))


def send_result_of(error: Exception) -> SendResult | None:
    """Return what an error means for the message that was being sent; None when it is a bug."""
    detail = str(error)[:_LONGEST_DETAIL]
    match error:
        case aiogram.TelegramRetryAfter():
            return RateLimited(timedelta(seconds=error.retry_after))
        case aiogram.TelegramForbiddenError() | aiogram.TelegramMigrateToChat():
            return Unreachable(detail)
        case aiogram.TelegramBadRequest():
            gone = any(words in detail.lower() for words in _UNREACHABLE)
            return Unreachable(detail) if gone else Rejected(detail)
        case aiogram.TelegramEntityTooLarge():
            return Rejected(detail)
        case aiogram.TelegramNetworkError():
            not_left = isinstance(error.__cause__, _NOT_CONNECTED)
            return NotDelivered(detail) if not_left else Unconfirmed(detail)
        case aiogram.TelegramServerError() | aiogram.TelegramAPIError():
            # A wrong token is among these: the message is fine and waits until that is mended.
            return NotDelivered(detail)
        case aiogram.ClientDecodeError():
            return Unconfirmed("Telegram's answer could not be read.")
    return None
