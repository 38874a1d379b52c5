"""`python -m edge`: serves REST until SIGTERM, finishes what it has begun, and leaves."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator

import uvicorn

from chassis import process
from edge.app import create_app
from edge.clients import connected
from edge.settings import EdgeSettings

_log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """A uvicorn that leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: EdgeSettings, stop: asyncio.Event) -> None:
    """Serve until told to stop; requests in flight are answered first."""
    async with connected(settings) as clients:
        server = _Server(
            uvicorn.Config(
                create_app(clients, settings),
                host=settings.edge_host,
                port=settings.edge_port,
                http="httptools",
                ws="none",
                lifespan="on",
                access_log=False,
                log_config=None,
                log_level="warning",
                server_header=False,
                limit_concurrency=settings.most_connections,
                proxy_headers=bool(settings.forwarded_allow_ips),
                forwarded_allow_ips=settings.forwarded_allow_ips,
                timeout_graceful_shutdown=int(process.GRACE_SECONDS) - 1,
            )
        )
        serving = asyncio.create_task(server.serve())
        stopping = asyncio.create_task(stop.wait())
        _log.info("serving", extra={"host": settings.edge_host, "port": settings.edge_port})
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        server.should_exit = True
        await serving


def main() -> int:
    """Run the edge; return the exit code."""
    settings = process.settings_or_exit(EdgeSettings)
    roles = {"serve": lambda stop: serve(settings, stop)}
    return process.main("edge", settings, roles=roles, arguments=["serve"])


if __name__ == "__main__":
    raise SystemExit(main())
