"""What the bot says of itself: commands and descriptions per language, chats and files."""

from __future__ import annotations

import json
from typing import Any

from local.telegram.errors import BadRequest
from local.telegram.methods.content import Arguments
from local.telegram.state import TelegramState

LONGEST = {"description": 512, "short_description": 120, "name": 64}
MOST_COMMANDS = 100
LONGEST_COMMAND_DESCRIPTION = 256
LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""Of a file that a bot may fetch."""


async def get_me(state: TelegramState, arguments: Arguments) -> Any:
    """Return the bot itself."""
    return state.bot


async def get_chat(state: TelegramState, arguments: Arguments) -> Any:
    """Return who the bot talks with."""
    chat = state.chat_of_bot(arguments.get("chat_id"))
    return chat.reference() | {"accent_color_id": 0, "max_reaction_count": 11}


async def get_file(state: TelegramState, arguments: Arguments) -> Any:
    """Return where a file can be downloaded."""
    file_id = str(arguments.get("file_id"))
    file = state.files.get(file_id)
    if file is None:
        raise BadRequest("invalid file_id")
    if len(file.content) > LARGEST_DOWNLOAD:
        raise BadRequest("file is too big")
    return file.reference(file_id) | {"file_path": file_id}


async def set_my_commands(state: TelegramState, arguments: Arguments) -> Any:
    """Keep the menu of commands of a language; without a language, that of all others."""
    commands = list(arguments.get("commands") or [])
    if len(commands) > MOST_COMMANDS:
        raise BadRequest("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        name, words = str(one.get("command") or ""), str(one.get("description") or "")
        if not (name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()):
            raise BadRequest("BOT_COMMAND_INVALID")
        if not 1 <= len(words) <= LONGEST_COMMAND_DESCRIPTION:
            raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_language(arguments)] = commands
    await state.save()
    return True


async def get_my_commands(state: TelegramState, arguments: Arguments) -> Any:
    """Return the menu of commands of exactly this language."""
    return state.commands.get(_language(arguments), [])


async def delete_my_commands(state: TelegramState, arguments: Arguments) -> Any:
    """Drop the menu of commands of a language."""
    state.commands.pop(_language(arguments), None)
    await state.save()
    return True


async def set_my_description(state: TelegramState, arguments: Arguments) -> Any:
    """Keep what is shown in an empty chat."""
    return await _set(state, arguments, "description")


async def set_my_short_description(state: TelegramState, arguments: Arguments) -> Any:
    """Keep what is shown on the bot's profile."""
    return await _set(state, arguments, "short_description")


async def set_my_name(state: TelegramState, arguments: Arguments) -> Any:
    """Keep the bot's name of a language."""
    return await _set(state, arguments, "name")


async def get_my_description(state: TelegramState, arguments: Arguments) -> Any:
    """Return what is shown in an empty chat."""
    return _get(state, arguments, "description")


async def get_my_short_description(state: TelegramState, arguments: Arguments) -> Any:
    """Return what is shown on the bot's profile."""
    return _get(state, arguments, "short_description")


async def get_my_name(state: TelegramState, arguments: Arguments) -> Any:
    """Return the bot's name of a language."""
    return _get(state, arguments, "name")


async def set_chat_menu_button(state: TelegramState, arguments: Arguments) -> Any:
    """Keep what the button beside the input field does, in chats that have none of their own."""
    button = dict(arguments.get("menu_button") or {"type": "default"})
    if button["type"] == "web_app":
        url = str((button.get("web_app") or {}).get("url") or "")
        if not url.startswith("https://"):
            raise BadRequest("invalid web app URL specified")
        if not button.get("text"):
            raise BadRequest("menu button text must be non-empty")
    state.profile["menu_button:"] = json.dumps(button)
    await state.save()
    return True


async def get_chat_menu_button(state: TelegramState, arguments: Arguments) -> Any:
    """Return what the button beside the input field does."""
    return json.loads(state.profile.get("menu_button:", '{"type": "default"}'))


async def do_nothing(state: TelegramState, arguments: Arguments) -> Any:
    """Accept a call that changes nothing a person sees here."""
    return True


async def _set(state: TelegramState, arguments: Arguments, name: str) -> bool:
    text = str(arguments.get(name) or "")
    if len(text) > LONGEST[name]:
        raise BadRequest(f"{name.upper()}_TOO_LONG")
    state.profile[f"{name}:{_language(arguments)}"] = text
    await state.save()
    return True


def _get(state: TelegramState, arguments: Arguments, name: str) -> dict[str, str]:
    exact = state.profile.get(f"{name}:{_language(arguments)}")
    return {name: exact or state.profile.get(f"{name}:", "")}


def _language(arguments: Arguments) -> str:
    return str(arguments.get("language_code") or "")
