"""What the bot tells Telegram of itself when it starts: its commands and descriptions."""

import logging

from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.domain.i18n import LANGUAGES, gettext, mark, use_language
from services.notifications.telegram import Telegram
from services.notifications.telegram.library import (
    Bot,
    ClientDecodeError,
    TelegramAPIError,
    methods,
    types,
)
from services.notifications.use_cases import links

_log = logging.getLogger(__name__)
COMMANDS = {
    "today": mark("Your habits of today"),
    "new": mark("Make a habit"),
    "habits": mark("All habits"),
    "stats": mark("A picture of the last days"),
    "report": mark("A report now"),
    "tips": mark("What I suggest"),
    "pause": mark("Pause everything"),
    "resume": mark("End the pause"),
    "export": mark("Your data as a file"),
    "settings": mark("Settings"),
    "code": mark("A code to sign in elsewhere"),
    "unlink": mark("Disconnect this chat"),
    "delete": mark("Delete the account"),
    "cancel": mark("Stop what we are in the middle of"),
    "help": mark("What I can do"),
}
_MENU_BUTTON = "Habits"
"""Telegram has one text for all languages."""
_DESCRIPTION = mark("I remind you of your habits and keep track of them with one tap.")


async def introduce(
    bot: Bot, telegram: Telegram, cache: Cache, mini_app_url: str | None = None
) -> None:
    """Tell the other processes the bot's name, and Telegram its commands, menu and descriptions."""
    try:
        await links.fetch_username(cache, telegram)
        for language in LANGUAGES:
            await _describe(bot, language)
        await bot(methods.SetChatMenuButton(menu_button=_menu_button(mini_app_url)))
    except (TelegramAPIError, ClientDecodeError, Unavailable) as error:
        # Without them the bot works as well, and the next start tells them again.
        _log.warning("the bot is not introduced", extra={"cause": str(error)})


def _menu_button(mini_app_url: str | None) -> types.MenuButtonWebApp | types.MenuButtonCommands:
    if mini_app_url is None:
        return types.MenuButtonCommands()
    return types.MenuButtonWebApp(text=_MENU_BUTTON, web_app=types.WebAppInfo(url=mini_app_url))


async def _describe(bot: Bot, language: str) -> None:
    """Set the menu of commands and the bot's descriptions in a language."""
    code = None if language == LANGUAGES[0] else language  # the first is for all others too
    with use_language(language):
        commands = [
            types.BotCommand(command=name, description=gettext(text))
            for name, text in COMMANDS.items()
        ]
        description = gettext(_DESCRIPTION)
    await bot(methods.SetMyCommands(commands=commands, language_code=code))
    await bot(methods.SetMyDescription(description=description, language_code=code))
    await bot(methods.SetMyShortDescription(short_description=description, language_code=code))
