"""Sending, editing and deleting messages, one function per method of the Bot API."""

from __future__ import annotations

import time
from typing import Any

from local.telegram.errors import BadRequest
from local.telegram.methods.content import (
    Arguments,
    caption_of,
    file_of,
    is_reply_keyboard,
    keyboard_of,
    photo_of,
    text_of,
)
from local.telegram.state import Chat, TelegramState

TYPING_SECONDS = 5.0
_MEDIA = {"photo", "document", "caption", "caption_entities", "reply_markup"}
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)


async def send_message(state: TelegramState, arguments: Arguments) -> Any:
    """Put a message into a chat."""
    state.chat_of_bot(arguments.get("chat_id"))
    return await _send(state, arguments, text_of(arguments))


async def send_photo(state: TelegramState, arguments: Arguments) -> Any:
    """Put a picture with a caption into a chat."""
    state.chat_of_bot(arguments.get("chat_id"))
    file = file_of(state, arguments, arguments.get("photo"), "photo")
    return await _send(state, arguments, photo_of(file) | caption_of(arguments))


async def send_document(state: TelegramState, arguments: Arguments) -> Any:
    """Put a file with a caption into a chat."""
    state.chat_of_bot(arguments.get("chat_id"))
    file = file_of(state, arguments, arguments.get("document"), "document")
    return await _send(state, arguments, {"document": file} | caption_of(arguments))


async def send_chat_action(state: TelegramState, arguments: Arguments) -> Any:
    """Show for five seconds that the bot is at work, e.g. `typing`."""
    chat = state.chat_of_bot(arguments.get("chat_id"))
    if not arguments.get("action"):
        raise BadRequest("wrong parameter action in request")
    chat.action, chat.action_end = str(arguments["action"]), time.time() + TYPING_SECONDS
    await state.save()
    return True


async def _send(state: TelegramState, arguments: Arguments, content: dict[str, Any]) -> Any:
    chat = state.chat_of_bot(arguments.get("chat_id"))
    content |= keyboard_of(arguments)
    content |= _reply(chat, arguments)
    state.limits.check(chat.id)
    if is_reply_keyboard(content.get("reply_markup") or {}):
        chat.keyboard = content.pop("reply_markup")
    chat.action = ""
    message = state.add_message(chat, sender=state.bot, **content)
    await state.save()
    return message


def _reply(chat: Chat, arguments: Arguments) -> dict[str, Any]:
    """Return the message that is answered, without what it answered itself."""
    asked = arguments.get("reply_parameters") or {}
    message_id = asked.get("message_id") or arguments.get("reply_to_message_id")
    if not message_id:
        return {}
    message = chat.message(int(message_id))
    if message is None:
        if asked.get("allow_sending_without_reply"):
            return {}
        raise BadRequest("message to be replied not found")
    return {"reply_to_message": {k: v for k, v in message.items() if k != "reply_to_message"}}


async def edit_message_text(state: TelegramState, arguments: Arguments) -> Any:
    """Replace a message's text and buttons."""
    _, message = _message(state, arguments, "edit")
    if "text" not in message:
        raise BadRequest("there is no text in the message to edit")
    return await _edit(state, arguments, {"text", "entities", "reply_markup"}, text_of(arguments))


async def edit_message_caption(state: TelegramState, arguments: Arguments) -> Any:
    """Replace a caption and the buttons under it."""
    _, message = _message(state, arguments, "edit")
    if "text" in message:
        raise BadRequest("there is no caption in the message to edit")
    replaced = {"caption", "caption_entities", "reply_markup"}
    return await _edit(state, arguments, replaced, caption_of(arguments))


async def edit_message_media(state: TelegramState, arguments: Arguments) -> Any:
    """Replace a message's picture or file, its caption and its buttons."""
    _, message = _message(state, arguments, "edit")
    media = arguments.get("media") or {}
    kind = media.get("type")
    if kind not in ("photo", "document"):
        raise BadRequest("this stand-in edits photos and documents only")
    file = file_of(state, arguments, media.get("media"), "media")
    content = photo_of(file) if kind == "photo" else {"document": file}
    replaced = _MEDIA | ({"text", "entities"} & set(message))
    return await _edit(state, arguments, replaced, content | caption_of(media))


async def edit_message_reply_markup(state: TelegramState, arguments: Arguments) -> Any:
    """Replace a message's buttons."""
    return await _edit(state, arguments, {"reply_markup"}, {})


async def _edit(
    state: TelegramState, arguments: Arguments, replaced: set[str], content: dict[str, Any]
) -> Any:
    _, message = _message(state, arguments, "edit")
    content |= keyboard_of(arguments)
    if all(message.get(name) == content.get(name) for name in replaced):
        raise BadRequest(_NOT_MODIFIED)
    for name in replaced:
        message.pop(name, None)
    message.update(content, edit_date=int(time.time()))
    await state.save()
    return message


async def delete_message(state: TelegramState, arguments: Arguments) -> Any:
    """Take one message out of a chat; a bot may delete a person's messages too."""
    chat = state.chat_of_bot(arguments.get("chat_id"))
    message = chat.message(int(arguments.get("message_id") or 0))
    if message is None:
        raise BadRequest("message to delete not found")
    chat.messages.remove(message)
    await state.save()
    return True


def _message(state: TelegramState, arguments: Arguments, verb: str) -> tuple[Chat, dict[str, Any]]:
    chat = state.chat_of_bot(arguments.get("chat_id"))
    message = chat.message(int(arguments.get("message_id") or 0))
    if message is None:
        raise BadRequest(f"message to {verb} not found")
    if message["from"] != state.bot:
        raise BadRequest(f"message can't be {verb}ed")
    return chat, message
