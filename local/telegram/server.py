"""Serves the Bot API, its control and the chat page on one port."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from local.telegram import bot_api, control
from local.telegram.bot_api import STATE
from local.telegram.state import TelegramState
from local.telegram.webhook_delivery import deliver_updates

PAGE = Path(__file__).with_name("page")
POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
BOT_USERNAME = "habit_tracker_local_bot"
BOT_TOKEN = "1000000001:local-stand-in"  # noqa: S105  opens nothing but the stand-in
LARGEST_BODY = 51 * 1024 * 1024  # a file of 50 MB, and what is around it


def make_app(state: TelegramState) -> web.Application:
    """Return the application around what happened so far."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_own_page_only])
    app[STATE] = state
    app[control.SHUTDOWN] = asyncio.Event()
    app.add_routes(control.routes)
    app.router.add_route("*", "/bot{token}/{method}", bot_api.answer)
    app.router.add_get("/file/bot{token}/{file_id}", bot_api.download)
    app.router.add_get("/files/{file_id}", bot_api.download)
    app.router.add_static("/page", PAGE)
    app.router.add_get("/", _page)
    app.on_shutdown.append(_close)
    app.cleanup_ctx.append(_webhook_delivery)
    return app


@contextlib.asynccontextmanager
async def serving(
    state: TelegramState, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve for as long as the context lasts, and lend the address; port 0 takes a free one."""
    runner = web.AppRunner(
        make_app(state), access_log=None, handler_cancellation=True, shutdown_timeout=1
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        found = runner.addresses[0][1]
        yield f"http://{host}:{found}"
    finally:
        await runner.cleanup()


@web.middleware
async def _own_page_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page sends from this person's browser."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="only the page served here may do that")
    return await handler(request)


async def _page(request: web.Request) -> web.FileResponse:
    """Serve the chat as a person sees it; `?start=CODE` is followed by the page itself."""
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
    return web.FileResponse(PAGE / "index.html", headers=headers)


async def _close(app: web.Application) -> None:
    app[control.SHUTDOWN].set()


async def _webhook_delivery(app: web.Application) -> AsyncIterator[None]:
    """Deliver updates to the bot's webhook while the app serves."""
    task = asyncio.create_task(deliver_updates(app[STATE]))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
