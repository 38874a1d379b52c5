"""The control API of the stand-in: a person's actions over HTTP, for the page and for tests."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from dataclasses import fields
from typing import Any

from aiohttp import web

from local.telegram import people
from local.telegram.bot_api import STATE
from local.telegram.state import Chat, Failure, StoredFile, TelegramState

HEARTBEAT_SECONDS = 15
SHUTDOWN = web.AppKey("closing", asyncio.Event)

routes = web.RouteTableDef()


@routes.get("/control/state")
async def state(request: web.Request) -> web.Response:
    """Return everything the page shows."""
    return web.json_response(_state_json(request.app[STATE]))


@routes.get("/control/events")
async def events(request: web.Request) -> web.StreamResponse:
    """Stream the whole state as server-sent events, once now and once for every change."""
    state, changed = request.app[STATE], asyncio.Event()
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    unsubscribe = state.subscribe(changed.set)
    shutdown = request.app[SHUTDOWN]
    try:
        while not shutdown.is_set():
            changed.clear()
            await response.write(b"data: " + json.dumps(_state_json(state)).encode() + b"\n\n")
            waiting = [asyncio.create_task(event.wait()) for event in (changed, shutdown)]
            while True:
                done, _ = await asyncio.wait(
                    waiting, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                if done:
                    break
                await response.write(b": still here\n\n")
            for task in waiting:
                task.cancel()
    except ConnectionError:
        pass  # the page was closed
    finally:
        unsubscribe()
    return response


@routes.post("/control/chats")
async def open_chat(request: web.Request) -> web.Response:
    """Open a chat: `{first_name, id?, language_code?}`."""
    asked = await request.json()
    chat = await request.app[STATE].open_chat(
        str(asked.get("first_name") or "Ada"),
        chat_id=asked.get("id"),
        language_code=str(asked.get("language_code") or "en"),
    )
    return web.json_response(_chat_json(request.app[STATE], chat), status=201)


@routes.get("/control/chats/{chat}/messages")
async def list_messages(request: web.Request) -> web.Response:
    """Return a chat's messages as the page shows them, oldest first."""
    return web.json_response({"items": _messages_json(_chat_of(request))})


@routes.post("/control/chats/{chat}/messages")
async def say(request: web.Request) -> web.Response:
    """Write to the bot: `{text, reply_to?}`."""
    asked = await request.json()
    text = str(asked.get("text") or "").strip()
    if not text:
        raise web.HTTPUnprocessableEntity(text="text is empty")
    chat, reply_to = _chat_of(request), asked.get("reply_to")
    message = await people.say(request.app[STATE], chat, text, reply_to=reply_to)
    return web.json_response(_message_json(message), status=201)


@routes.post("/control/chats/{chat}/location")
async def share_location(request: web.Request) -> web.Response:
    """Share a place: `{latitude, longitude}` in degrees."""
    asked, chat = await request.json(), _chat_of(request)
    place = float(asked["latitude"]), float(asked["longitude"])
    message = await people.share_location(request.app[STATE], chat, *place)
    return web.json_response(_message_json(message), status=201)


@routes.post("/control/chats/{chat}/files")
async def send_file(request: web.Request) -> web.Response:
    """Send a file: `{name, content, caption?}` with the content in base64."""
    asked, chat = await request.json(), _chat_of(request)
    file = StoredFile(str(asked["name"]), base64.b64decode(asked["content"]))
    caption = str(asked.get("caption") or "")
    message = await people.send_file(request.app[STATE], chat, file, caption=caption)
    return web.json_response(_message_json(message), status=201)


@routes.post("/control/chats/{chat}/messages/{message}/forward")
async def forward(request: web.Request) -> web.Response:
    """Forward a message of any chat to this one: `{from_chat?}`."""
    asked, chat = await request.json(), _chat_of(request)
    state = request.app[STATE]
    source = state.chats.get(int(asked.get("from_chat") or chat.id))
    message = source and source.message(int(request.match_info["message"]))
    if not message:
        raise web.HTTPNotFound(text="no such message")
    return web.json_response(_message_json(await people.forward(state, chat, message)), status=201)


@routes.post("/control/chats/{chat}/messages/{message}/press")
async def press(request: web.Request) -> web.Response:
    """Press a button: `{data}` or `{text}`; returns the query whose answer is the toast."""
    asked, chat = await request.json(), _chat_of(request)
    message = chat.message(int(request.match_info["message"]))
    buttons = [button for row in _buttons(message or {}) for button in row]
    for button in buttons:
        if button.get("data") and asked in ({"data": button["data"]}, {"text": button["text"]}):
            query = await people.press(request.app[STATE], chat, message or {}, button["data"])
            return web.json_response({"query_id": query}, status=201)
    raise web.HTTPNotFound(text=f"no such button; there are {[one['text'] for one in buttons]}")


@routes.post("/control/chats/{chat}/updates")
async def add_update(request: web.Request) -> web.Response:
    """Queue any update as it is, e.g. a press on a button that is no longer there: `{kind: …}`."""
    state = request.app[STATE]
    [(kind, content)] = (await request.json()).items()
    if kind == "callback_query":
        state.answers[str(content["id"])] = {}
    await state.add_update(kind, content)
    return web.Response(status=204)


@routes.get("/control/answers/{query}")
async def read_answer(request: web.Request) -> web.Response:
    """Return how the bot answered a pressed button; `{}` until it has."""
    return web.json_response(request.app[STATE].answers.get(request.match_info["query"], {}))


@routes.post("/control/chats/{chat}/block")
async def block(request: web.Request) -> web.Response:
    """Block the bot, until the person writes again."""
    await people.block(request.app[STATE], _chat_of(request))
    return web.Response(status=204)


@routes.post("/control/limits")
async def enforce_limits(request: web.Request) -> web.Response:
    """Answer 429 to more than 30 messages a second, or one in a chat: `{enforced}`."""
    request.app[STATE].limits.enforced = bool((await request.json()).get("enforced"))
    return web.Response(status=204)


@routes.post("/control/failures")
async def fail(request: web.Request) -> web.Response:
    """Inject failures: the fields of `Failure`."""
    known = {field.name for field in fields(Failure)}
    asked = await request.json()
    if not asked.get("method") or set(asked) - known:
        raise web.HTTPUnprocessableEntity(text=f"method is needed; known: {sorted(known)}")
    request.app[STATE].failures.append(Failure(**asked))
    return web.Response(status=204)


@routes.get("/control/calls")
async def list_calls(request: web.Request) -> web.Response:
    """Return every call of the bot so far, in order, with the second it came in."""
    return web.json_response({"items": request.app[STATE].calls})


def _chat_of(request: web.Request) -> Chat:
    chat = request.app[STATE].chats.get(int(request.match_info["chat"]))
    if chat is None:
        raise web.HTTPNotFound(text="no such chat")
    return chat


def _state_json(state: TelegramState) -> dict[str, Any]:
    return {
        "bot": state.bot,
        "chats": [_chat_json(state, chat) for chat in state.chats.values()],
    }


def _chat_json(state: TelegramState, chat: Chat) -> dict[str, Any]:
    language = chat.language_code
    described = state.profile.get(f"description:{language}") or state.profile.get("description:")
    return {
        "id": chat.id,
        "first_name": chat.first_name,
        "language_code": language,
        "started": chat.started,
        "blocked": chat.blocked,
        "action": chat.action if chat.action_end > time.time() else "",
        "keyboard": _reply_keyboard(chat),
        "commands": state.commands.get(language) or state.commands.get("", []),
        "description": described or "",
        "messages": _messages_json(chat),
    }


def _reply_keyboard(chat: Chat) -> list[list[dict[str, Any]]]:
    """Return the rows of buttons under the input field; none after their removal."""
    rows = [
        [one if isinstance(one, dict) else {"text": one} for one in row]
        for row in chat.keyboard.get("keyboard") or []
    ]
    return [
        [{"text": one["text"], "location": bool(one.get("request_location"))} for one in row]
        for row in rows
    ]


def _messages_json(chat: Chat) -> list[dict[str, Any]]:
    return [_message_json(message) for message in chat.messages]


def _message_json(message: dict[str, Any]) -> dict[str, Any]:
    file = message.get("document") or (message.get("photo") or [None])[-1]
    answered = message.get("reply_to_message") or {}
    return {
        "message_id": message["message_id"],
        "from": "bot" if message["from"]["is_bot"] else "person",
        "text": message.get("text") or message.get("caption") or "",
        "entities": message.get("entities") or message.get("caption_entities") or [],
        "buttons": _buttons(message),
        "date": message["date"],
        "edited": "edit_date" in message,
        "file": file and {"id": file["file_id"], "name": file["file_name"]},
        "is_photo": "photo" in message,
        "location": message.get("location"),
        "forwarded": "forward_origin" in message,
        "reply_to": answered.get("text") or answered.get("caption") or "",
    }


def _buttons(message: dict[str, Any]) -> list[list[dict[str, Any]]]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
    return [
        [
            {"text": one["text"], "data": one.get("callback_data"), "url": one.get("url")}
            for one in row
        ]
        for row in rows
    ]
