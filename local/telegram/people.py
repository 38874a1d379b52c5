"""What a person does in a chat: write, press a button, share, block; each is an update."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from local.telegram.html import commands_in
from local.telegram.state import Chat, StoredFile, TelegramState


async def say(
    state: TelegramState, chat: Chat, text: str, *, reply_to: int | None = None
) -> dict[str, Any]:
    """Write to the bot; after a block this also lifts it."""
    content: dict[str, Any] = {"text": text}
    if commands := commands_in(text):
        content["entities"] = commands
    if reply_to is not None and (answered := chat.message(reply_to)):
        content["reply_to_message"] = answered
    return await _write(state, chat, content)


async def share_location(
    state: TelegramState, chat: Chat, latitude: float, longitude: float
) -> dict[str, Any]:
    """Send a place to the bot."""
    location = {"latitude": latitude, "longitude": longitude}
    return await _write(state, chat, {"location": location})


async def send_file(
    state: TelegramState, chat: Chat, file: StoredFile, *, caption: str = ""
) -> dict[str, Any]:
    """Send a file to the bot."""
    file_id = uuid4().hex
    state.add_file(file_id, file)
    content: dict[str, Any] = {"document": file.reference(file_id)}
    return await _write(state, chat, content | ({"caption": caption} if caption else {}))


async def forward(state: TelegramState, chat: Chat, message: dict[str, Any]) -> dict[str, Any]:
    """Forward a message to the bot's chat: its words come along, its buttons do not."""
    copied = ("text", "entities", "photo", "document", "caption", "caption_entities")
    content = {name: message[name] for name in copied if name in message}
    origin = {"type": "user", "sender_user": message["from"], "date": message["date"]}
    return await _write(state, chat, content | {"forward_origin": origin})


async def press(state: TelegramState, chat: Chat, message: dict[str, Any], data: str) -> str:
    """Press a button; return the id of the query that the bot answers."""
    query_id = str(time.time_ns())
    state.answers[query_id] = {}
    query = {
        "id": query_id,
        "from": chat.person(),
        "chat_instance": str(chat.id),
        "message": message,
        "data": data,
    }
    await state.add_update("callback_query", query)
    return query_id


async def block(state: TelegramState, chat: Chat) -> None:
    """Block the bot, until the person writes again."""
    if not chat.blocked:
        chat.blocked = True
        await _membership(state, chat, "member", "kicked")


async def _write(state: TelegramState, chat: Chat, content: dict[str, Any]) -> dict[str, Any]:
    was_blocked = chat.blocked
    chat.started, chat.blocked = True, False
    if was_blocked:
        await _membership(state, chat, "kicked", "member")
    if chat.keyboard.get("one_time_keyboard") or chat.keyboard.get("force_reply"):
        chat.keyboard = {}
    message = state.add_message(chat, sender=chat.person(), **content)
    await state.add_update("message", message)
    return message


async def _membership(state: TelegramState, chat: Chat, before: str, after: str) -> None:
    change = {
        "chat": chat.reference(),
        "from": chat.person(),
        "date": int(time.time()),
        "old_chat_member": _member(state, before),
        "new_chat_member": _member(state, after),
    }
    await state.add_update("my_chat_member", change)


def _member(state: TelegramState, status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"status": status, "user": state.bot} | until
