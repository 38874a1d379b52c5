"""A bot that only counts presses in its message: what a press takes at the least, with aiogram.

`python -m bench.bare_bot URL TOKEN`: it stores nothing and asks nobody.
"""

import asyncio
import sys

from services.notifications.telegram.library import (
    AiohttpSession,
    Bot,
    Dispatcher,
    TelegramAPIServer,
    types,
)


def _buttons(count: int) -> types.InlineKeyboardMarkup:
    button = types.InlineKeyboardButton(text=f"Press {count}", callback_data=str(count))
    return types.InlineKeyboardMarkup(inline_keyboard=[[button]])


async def greet(message: types.Message) -> None:
    """Send the message whose button is pressed."""
    await message.answer("0 presses", reply_markup=_buttons(0))


async def count_press(callback: types.CallbackQuery) -> None:
    """Answer a press, and show it in its message."""
    count = int(callback.data or 0) + 1
    await callback.answer(f"{count}")
    if isinstance(callback.message, types.Message):
        await callback.message.edit_text(f"{count} presses", reply_markup=_buttons(count))


async def main() -> None:
    """Listen until the process is ended."""
    url, token = sys.argv[1:]
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()
    dispatcher.message.register(greet)
    dispatcher.callback_query.register(count_press)
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
