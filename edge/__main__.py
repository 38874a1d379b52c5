"""`python -m edge`: serves REST until SIGTERM, then finishes the requests in flight and exits."""

import asyncio
import contextlib
import logging
import math
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack

import uvicorn

from chassis import process
from edge.app import create_app
from edge.clients import open_clients
from edge.connections import Patience, impatient_protocol
from edge.settings import EdgeSettings

_BACKLOG = 2048
_log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signal handling to `chassis.process`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: EdgeSettings, stop: asyncio.Event) -> None:
    """Serve until `stop` is set, then finish the requests in flight."""
    listening = socket.create_server(
        (settings.edge_host, settings.edge_port),
        family=socket.AF_INET6 if ":" in settings.edge_host else socket.AF_INET,
        backlog=_BACKLOG,
    )
    async with AsyncExitStack() as stack:
        app = create_app(await stack.enter_async_context(open_clients(settings)), settings)
        app.state.stop = stop
        if app.state.verifier is not None:
            await stack.enter_async_context(app.state.verifier.following_revocations())
        server = _Server(
            uvicorn.Config(
                app,
                http=impatient_protocol(
                    Patience(
                        headers=settings.header_timeout,
                        body=settings.body_timeout,
                        idle=settings.idle_timeout,
                    )
                ),
                ws="none",
                lifespan="on",
                access_log=False,
                log_config=None,
                log_level="warning",
                server_header=False,
                timeout_keep_alive=math.ceil(settings.idle_timeout.total_seconds()),
                limit_concurrency=settings.most_connections,
                proxy_headers=False,  # the app does it, and knows whom a connection came from
                timeout_graceful_shutdown=int(process.GRACE_SECONDS) - 1,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        stopping = asyncio.create_task(stop.wait())
        _log.info("serving", extra={"listen": listening.getsockname()})
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        server.should_exit = True
        await serving


def main() -> int:
    """Run the edge; return the exit code."""
    settings = process.read_settings_or_exit(EdgeSettings)
    roles = {"serve": lambda stop: serve(settings, stop)}
    return process.main("edge", settings, roles=roles, arguments=["serve"])


if __name__ == "__main__":
    raise SystemExit(main())
