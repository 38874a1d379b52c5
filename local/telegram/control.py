"""The other side of the chat: what a person does, over HTTP, for the page and for tests."""

from __future__ import annotations

import asyncio
import json
from dataclasses import fields
from typing import Any

from aiohttp import web

from local.telegram.bot_api import WORLD
from local.telegram.world import Chat, Failure, World

HEARTBEAT_SECONDS = 15
CLOSING = web.AppKey("closing", asyncio.Event)

routes = web.RouteTableDef()


@routes.get("/control/state")
async def state(request: web.Request) -> web.Response:
    """Return everything the page shows."""
    return web.json_response(_shown(request.app[WORLD]))


@routes.get("/control/events")
async def events(request: web.Request) -> web.StreamResponse:
    """Stream the whole state as server-sent events, once now and once for every change."""
    world, news = request.app[WORLD], asyncio.Event()
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    unwatch = world.watch(news.set)
    closing = request.app[CLOSING]
    try:
        while not closing.is_set():
            news.clear()
            await response.write(b"data: " + json.dumps(_shown(world)).encode() + b"\n\n")
            waiting = [asyncio.create_task(event.wait()) for event in (news, closing)]
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
        unwatch()
    return response


@routes.post("/control/chats")
async def open_chat(request: web.Request) -> web.Response:
    """Open a chat: `{first_name, id?, language_code?}`."""
    asked = await request.json()
    chat = await request.app[WORLD].open_chat(
        str(asked.get("first_name") or "Ada"),
        chat_id=asked.get("id"),
        language_code=str(asked.get("language_code") or "en"),
    )
    return web.json_response(_chat(chat), status=201)


@routes.get("/control/chats/{chat}/messages")
async def list_messages(request: web.Request) -> web.Response:
    """Return a chat's messages as the page shows them, oldest first."""
    return web.json_response({"items": _chat(_chat_of(request))["messages"]})


@routes.post("/control/chats/{chat}/messages")
async def say(request: web.Request) -> web.Response:
    """Write to the bot: `{text}`."""
    text = str((await request.json()).get("text") or "").strip()
    if not text:
        raise web.HTTPUnprocessableEntity(text="text is empty")
    message = await request.app[WORLD].say(_chat_of(request), text)
    return web.json_response(_message(message), status=201)


@routes.post("/control/chats/{chat}/messages/{message}/press")
async def press(request: web.Request) -> web.Response:
    """Press a button: `{data}` or `{text}`; returns the query whose answer is the toast."""
    asked, chat = await request.json(), _chat_of(request)
    message = chat.message(int(request.match_info["message"]))
    buttons = [button for row in _buttons(message or {}) for button in row]
    for button in buttons:
        if button.get("data") and asked in ({"data": button["data"]}, {"text": button["text"]}):
            query = await request.app[WORLD].press(chat, message or {}, button["data"])
            return web.json_response({"query_id": query}, status=201)
    raise web.HTTPNotFound(text=f"no such button; there are {[one['text'] for one in buttons]}")


@routes.get("/control/answers/{query}")
async def read_answer(request: web.Request) -> web.Response:
    """Return how the bot answered a pressed button; `{}` until it has."""
    return web.json_response(request.app[WORLD].answers.get(request.match_info["query"], {}))


@routes.post("/control/chats/{chat}/block")
async def block(request: web.Request) -> web.Response:
    """Block the bot, until the person writes again."""
    _chat_of(request).blocked = True
    await request.app[WORLD].changed()
    return web.Response(status=204)


@routes.post("/control/failures")
async def fail(request: web.Request) -> web.Response:
    """Let calls fail: the fields of `Failure`."""
    known = {field.name for field in fields(Failure)}
    asked = await request.json()
    if not asked.get("method") or set(asked) - known:
        raise web.HTTPUnprocessableEntity(text=f"method is needed; known: {sorted(known)}")
    request.app[WORLD].failures.append(Failure(**asked))
    return web.Response(status=204)


@routes.get("/control/calls")
async def list_calls(request: web.Request) -> web.Response:
    """Return every call of the bot so far, in order, with the second it came in."""
    return web.json_response({"items": request.app[WORLD].calls})


def _chat_of(request: web.Request) -> Chat:
    chat = request.app[WORLD].chats.get(int(request.match_info["chat"]))
    if chat is None:
        raise web.HTTPNotFound(text="no such chat")
    return chat


def _shown(world: World) -> dict[str, Any]:
    return {
        "bot": world.bot,
        "commands": world.commands,
        "chats": [_chat(chat) for chat in world.chats.values()],
    }


def _chat(chat: Chat) -> dict[str, Any]:
    return {
        "id": chat.id,
        "first_name": chat.first_name,
        "started": chat.started,
        "blocked": chat.blocked,
        "messages": [_message(message) for message in chat.messages],
    }


def _message(message: dict[str, Any]) -> dict[str, Any]:
    file = message.get("document") or (message.get("photo") or [None])[-1]
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
