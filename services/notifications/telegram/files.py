"""Files that the bot sends to a chat, or that a person sends to the bot."""

from datetime import timedelta
from typing import BinaryIO

from services.notifications.domain.buttons import NO_BUTTONS, Buttons
from services.notifications.domain.sending import NotDelivered, SendResult
from services.notifications.telegram.gateway import Telegram, markup_of, send_result_of

FILE_TIMEOUT = timedelta(minutes=3)
"""Longest a file may take on its way: 50 MB to Telegram, 20 MB from it."""


async def send_document(
    telegram: Telegram,
    chat_id: int,
    path: str,
    name: str,
    caption: str,
    buttons: Buttons = NO_BUTTONS,
) -> SendResult | None:
    """Send a file from the disk under a name; None when Telegram took it."""
    bot = await telegram.bot()
    from services.notifications.telegram.library import FSInputFile

    try:
        await bot.send_document(
            chat_id,
            FSInputFile(path, name),
            caption=caption,
            reply_markup=markup_of(buttons),
            request_timeout=int(FILE_TIMEOUT.total_seconds()),
        )
    except Exception as error:
        return send_result_of(error)
    return None


async def download(telegram: Telegram, file_id: str, file: BinaryIO) -> SendResult | None:
    """Write a file that a person has sent to a file; None when it is all there."""
    bot = await telegram.bot()
    import aiohttp

    try:
        found = await bot.get_file(file_id)
        seconds = int(FILE_TIMEOUT.total_seconds())
        await bot.download_file(found.file_path or "", file, timeout=seconds)
    except (aiohttp.ClientError, TimeoutError) as error:
        return NotDelivered(str(error))
    except Exception as error:
        return send_result_of(error)
    return None
