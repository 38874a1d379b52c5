"""What the bot may call: one function per method, checked as strictly as Telegram checks it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from local.telegram.methods import messages, profile, updates
from local.telegram.methods.content import Arguments
from local.telegram.state import TelegramState

Method = Callable[[TelegramState, Arguments], Awaitable[Any]]

METHODS: dict[str, Method] = {
    "answercallbackquery": updates.answer_callback_query,
    "close": profile.do_nothing,
    "deletemessage": messages.delete_message,
    "deletemycommands": profile.delete_my_commands,
    "deletewebhook": updates.delete_webhook,
    "editmessagecaption": messages.edit_message_caption,
    "editmessagemedia": messages.edit_message_media,
    "editmessagereplymarkup": messages.edit_message_reply_markup,
    "editmessagetext": messages.edit_message_text,
    "getchat": profile.get_chat,
    "getchatmenubutton": profile.get_chat_menu_button,
    "getfile": profile.get_file,
    "getme": profile.get_me,
    "getmycommands": profile.get_my_commands,
    "getmydescription": profile.get_my_description,
    "getmyname": profile.get_my_name,
    "getmyshortdescription": profile.get_my_short_description,
    "getupdates": updates.get_updates,
    "getwebhookinfo": updates.get_webhook_info,
    "logout": profile.do_nothing,
    "sendchataction": messages.send_chat_action,
    "senddocument": messages.send_document,
    "sendmessage": messages.send_message,
    "sendphoto": messages.send_photo,
    "setchatmenubutton": profile.set_chat_menu_button,
    "setmycommands": profile.set_my_commands,
    "setmydescription": profile.set_my_description,
    "setmyname": profile.set_my_name,
    "setmyshortdescription": profile.set_my_short_description,
    "setwebhook": updates.set_webhook,
}
"""By the method's name in lower case: Telegram ignores case."""
