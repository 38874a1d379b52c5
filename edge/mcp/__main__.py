"""`python -m edge.mcp`: the tools over stdio, for an assistant on the same machine."""

import asyncio

import httpx2

from chassis import telemetry
from chassis.process import read_settings_or_exit
from edge.mcp.rest import RestClient
from edge.mcp.settings import McpSettings
from edge.mcp.tools import create_server

_TIMEOUT_SECONDS = 15  # longer than the edge takes at most


async def serve(settings: McpSettings) -> None:
    """Serve the tools until standard input ends."""
    headers = {"Authorization": f"Bearer {settings.habits_token}"}
    async with httpx2.AsyncClient(base_url=settings.habits_url, timeout=_TIMEOUT_SECONDS) as client:
        await create_server(RestClient(client, lambda: headers)).run_stdio_async()


def main() -> None:
    """Run the server. Standard output belongs to the protocol: logs go to standard error."""
    settings = read_settings_or_exit(McpSettings)
    telemetry.configure_logs("mcp", settings.log_level)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
