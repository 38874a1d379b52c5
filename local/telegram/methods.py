"""What the bot may call, one function per method, checked as strictly as Telegram checks it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from local.telegram.errors import BadRequest
from local.telegram.html import parse, utf16_length
from local.telegram.world import Chat, World

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_BUTTON_DATA = 64
LONGEST_POLL_SECONDS = 50
BUTTON_KINDS = ("callback_data", "url", "web_app", "copy_text", "switch_inline_query")
UPLOAD = "upload:"  # before the name of a multipart part that is a file

Arguments = dict[str, Any]
Method = Callable[[World, Arguments], Awaitable[Any]]


def _written(arguments: Arguments, name: str, *, most: int, empty: str | None) -> dict[str, Any]:
    """Return the text and entities to keep of `text` or `caption`."""
    text, entities = str(arguments.get(name) or ""), arguments.get("entities") or []
    mode = str(arguments.get("parse_mode") or "").lower()
    if mode == "html":
        text, entities = parse(text)
    elif mode:
        raise BadRequest(f"this stand-in reads parse_mode HTML only, not {mode}")
    if not text.strip():
        if empty:
            raise BadRequest(empty)
        return {}
    if utf16_length(text) > most:
        raise BadRequest(f"message {'is' if name == 'text' else 'caption is'} too long")
    prefix = "caption_" if name == "caption" else ""
    return {name: text} | ({f"{prefix}entities": entities} if entities else {})


def _keyboard(arguments: Arguments) -> dict[str, Any]:
    """Return the reply markup to keep, after Telegram's checks."""
    markup = arguments.get("reply_markup")
    if not markup:
        return {}
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not str(button.get("text", "")).strip():
                raise BadRequest("inline keyboard button text is empty")
            kinds = [kind for kind in BUTTON_KINDS if button.get(kind) is not None]
            if len(kinds) != 1:
                raise BadRequest("text buttons are unallowed in the inline keyboard")
            if len(str(button.get("callback_data", "")).encode()) > LONGEST_BUTTON_DATA:
                raise BadRequest("BUTTON_DATA_INVALID")
    return {"reply_markup": markup}


async def _send(world: World, arguments: Arguments, content: dict[str, Any]) -> Any:
    chat = world.chat_of_bot(arguments.get("chat_id"))
    content |= _keyboard(arguments)
    message = world.add_message(chat, sender=world.bot, **content)
    await world.changed()
    return message


async def send_message(world: World, arguments: Arguments) -> Any:
    """Put a message into a chat."""
    world.chat_of_bot(arguments.get("chat_id"))
    empty = "message text is empty"
    written = _written(arguments, "text", most=LONGEST_TEXT, empty=empty)
    return await _send(world, arguments, written)


async def send_photo(world: World, arguments: Arguments) -> Any:
    """Put a picture with a caption into a chat."""
    file = _file(world, arguments, "photo")
    caption = _written(arguments, "caption", most=LONGEST_CAPTION, empty=None)
    sizes = [file | {"width": 800, "height": 600}]
    return await _send(world, arguments, {"photo": sizes} | caption)


async def send_document(world: World, arguments: Arguments) -> Any:
    """Put a file with a caption into a chat."""
    file = _file(world, arguments, "document")
    caption = _written(arguments, "caption", most=LONGEST_CAPTION, empty=None)
    return await _send(world, arguments, {"document": file} | caption)


def _file(world: World, arguments: Arguments, name: str) -> dict[str, Any]:
    """Keep an uploaded file under a new id, or find the one that an id names."""
    given = str(arguments.get(name) or "")
    upload = arguments.get(UPLOAD + given.removeprefix("attach://"))
    if upload is not None:
        given = uuid4().hex
        world.files[given] = upload
    if given not in world.files:
        raise BadRequest(f"wrong file identifier/HTTP URL specified for {name}")
    file_name, content = world.files[given]
    return {
        "file_id": given,
        "file_unique_id": given[:12],
        "file_name": file_name,
        "file_size": len(content),
    }


async def edit_message_text(world: World, arguments: Arguments) -> Any:
    """Replace a message's text and buttons."""
    empty = "message text is empty"
    written = _written(arguments, "text", most=LONGEST_TEXT, empty=empty)
    return await _edit(world, arguments, {"text", "entities", "reply_markup"}, written)


async def edit_message_caption(world: World, arguments: Arguments) -> Any:
    """Replace a caption and the buttons under it."""
    written = _written(arguments, "caption", most=LONGEST_CAPTION, empty=None)
    return await _edit(world, arguments, {"caption", "caption_entities", "reply_markup"}, written)


async def edit_message_reply_markup(world: World, arguments: Arguments) -> Any:
    """Replace a message's buttons."""
    return await _edit(world, arguments, {"reply_markup"}, {})


async def _edit(
    world: World, arguments: Arguments, replaced: set[str], content: dict[str, Any]
) -> Any:
    _, message = _message(world, arguments, "edit")
    content |= _keyboard(arguments)
    if all(message.get(name) == content.get(name) for name in replaced):
        raise BadRequest(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    for name in replaced:
        message.pop(name, None)
    message.update(content, edit_date=int(time.time()))
    await world.changed()
    return message


async def delete_message(world: World, arguments: Arguments) -> Any:
    """Take one of the bot's messages out of its chat."""
    chat, message = _message(world, arguments, "delete")
    chat.messages.remove(message)
    await world.changed()
    return True


def _message(world: World, arguments: Arguments, verb: str) -> tuple[Chat, dict[str, Any]]:
    chat = world.chat_of_bot(arguments.get("chat_id"))
    message = chat.message(int(arguments.get("message_id") or 0))
    if message is None or message["from"] != world.bot:
        raise BadRequest(f"message to {verb} not found")
    return chat, message


async def answer_callback_query(world: World, arguments: Arguments) -> Any:
    """End the waiting of a pressed button, with a toast if there is a text."""
    query_id = str(arguments.get("callback_query_id"))
    if query_id not in world.answers:
        raise BadRequest("query is too old and response timeout expired or query ID is invalid")
    world.answers[query_id] = {
        "answered": True,
        "text": arguments.get("text") or "",
        "show_alert": str(arguments.get("show_alert")).lower() == "true",
    }
    await world.changed()
    return True


async def get_updates(world: World, arguments: Arguments) -> Any:
    """Return what people did; wait for it up to `timeout` seconds."""
    timeout = min(float(arguments.get("timeout") or 0), LONGEST_POLL_SECONDS)
    limit = int(arguments.get("limit") or 100)
    return await world.take_updates(int(arguments.get("offset") or 0), limit, timeout)


async def get_me(world: World, arguments: Arguments) -> Any:
    """Return the bot itself."""
    return world.bot


async def get_chat(world: World, arguments: Arguments) -> Any:
    """Return who the bot talks with."""
    chat = world.chat_of_bot(arguments.get("chat_id"))
    return chat.reference() | {"accent_color_id": 0, "max_reaction_count": 11}


async def get_file(world: World, arguments: Arguments) -> Any:
    """Return where a file can be downloaded."""
    file_id = str(arguments.get("file_id"))
    if file_id not in world.files:
        raise BadRequest("invalid file_id")
    size = len(world.files[file_id][1])
    unique = {"file_id": file_id, "file_unique_id": file_id[:12]}
    return unique | {"file_size": size, "file_path": file_id}


async def get_webhook_info(world: World, arguments: Arguments) -> Any:
    """Say that there is no webhook, and how many updates wait."""
    pending = world.pending_updates()
    return {"url": "", "has_custom_certificate": False, "pending_update_count": pending}


async def set_my_commands(world: World, arguments: Arguments) -> Any:
    """Keep the menu of commands."""
    world.commands = list(arguments.get("commands") or [])
    await world.changed()
    return True


async def get_my_commands(world: World, arguments: Arguments) -> Any:
    """Return the menu of commands."""
    return world.commands


async def accept(world: World, arguments: Arguments) -> Any:
    """Say yes to a call that changes nothing a person sees here."""
    return True


METHODS: dict[str, Method] = {
    "answercallbackquery": answer_callback_query,
    "close": accept,
    "deletemessage": delete_message,
    "deletemycommands": accept,
    "deletewebhook": accept,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "editmessagetext": edit_message_text,
    "getchat": get_chat,
    "getfile": get_file,
    "getme": get_me,
    "getmycommands": get_my_commands,
    "getupdates": get_updates,
    "getwebhookinfo": get_webhook_info,
    "logout": accept,
    "sendchataction": accept,
    "senddocument": send_document,
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "setchatmenubutton": accept,
    "setmycommands": set_my_commands,
    "setmydescription": accept,
    "setmyname": accept,
    "setmyshortdescription": accept,
}
