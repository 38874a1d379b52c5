"""The Bot API over HTTP: reads a call in any of its encodings, answers in Telegram's shapes."""

from __future__ import annotations

import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader, web

from local.telegram.errors import ApiError, BadRequest, Unauthorized
from local.telegram.methods import METHODS
from local.telegram.methods.content import UPLOAD, Arguments
from local.telegram.state import Failure, TelegramState

STATE = web.AppKey("state", TelegramState)
TOKEN = re.compile(r"\d+:[\w-]+")
SILENCE_SECONDS = 120
JSON_ARGUMENTS = frozenset(
    (
        "reply_markup",
        "entities",
        "caption_entities",
        "commands",
        "media",
        "menu_button",
        "reply_parameters",
    )
)
PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer one call, or fail it where a test injected a failure."""
    state = request.app[STATE]
    method = request.match_info["method"]
    entry: dict[str, Any] | None = None
    try:
        if not TOKEN.fullmatch(request.match_info["token"]):
            raise Unauthorized
        call = METHODS.get(method.lower())
        if call is None:
            raise ApiError(404, "Not Found: method not found")
        arguments = await _arguments(request)
        kept = {name: value for name, value in arguments.items() if not name.startswith(UPLOAD)}
        entry = {"method": method, "time": time.time(), **kept}
        state.calls.append(entry)
        failure = state.failure_for(method, arguments.get("chat_id"))
        if failure and not failure.after_delivery:
            await _fail(failure)
        result = await call(state, arguments)
        if failure:
            await _fail(failure)
    except ApiError as error:
        if entry is not None:
            entry["error"] = error.description
        return web.json_response(error.body(), status=error.code)
    return web.json_response({"ok": True, "result": result})


async def download(request: web.Request) -> web.Response:
    """Serve a file that the bot sent, to the bot or to the page."""
    found = request.app[STATE].files.get(request.match_info["file_id"])
    if found is None:
        raise web.HTTPNotFound
    kind = PICTURES.get(Path(found.name).suffix.lower(), "application/octet-stream")
    return web.Response(body=found.content, content_type=kind)


async def _fail(failure: Failure) -> None:
    """Answer with the injected error, or with nothing until the bot gives up."""
    if not failure.status:
        await asyncio.sleep(SILENCE_SECONDS)
    raise failure.error()


async def _arguments(request: web.Request) -> Arguments:
    """Read a call's arguments from JSON, a form, a multipart form or the query."""
    arguments: Arguments = dict(request.query)
    if request.content_type == "application/json":
        arguments |= await request.json()
    elif request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name:
                content = bytes(await part.read(decode=True))
                if part.filename:
                    arguments[UPLOAD + part.name] = (part.filename, content)
                    arguments.setdefault(part.name, f"attach://{part.name}")
                else:
                    arguments[part.name] = content.decode()
    else:
        arguments |= {name: str(value) for name, value in (await request.post()).items()}
    return {name: _from_json(name, value) for name, value in arguments.items()}


def _from_json(name: str, value: Any) -> Any:
    """Read the arguments that travel as JSON text inside a form."""
    if isinstance(value, str) and name in JSON_ARGUMENTS:
        try:
            return json.loads(value)
        except ValueError:
            raise BadRequest(f"can't parse {name} JSON object") from None
    return value
