"""`/mcp`: the tools over streamable HTTP, for whoever sends a token.

Without sessions: every request has a transport of its own, and nothing outlives it.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.context import current_context
from chassis.identity import TokenVerifier
from edge.bearer import verify_access_token

if TYPE_CHECKING:
    from mcp.server import MCPServer

PATH = "/mcp"
_OWN_URL = "http://edge"


class McpEndpoint:
    """Serves the tools; each of them is a request to the app itself.

    The SDK takes over a second and 20 MB to import, which most edges never need: the first
    request with a valid token imports it, in a thread.

    Args:
        app: The edge, with its pipeline.
        verifier: Verifies access tokens at the edge; None where only services do.
    """

    def __init__(self, app: ASGIApp, *, verifier: TokenVerifier | None) -> None:
        self._app = app
        self._verifier = verifier
        self._server: MCPServer | None = None
        self._importing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises:
            AccessTokenMissing: It carries no token.
            Unauthenticated: The token is not valid.
        """
        verify_access_token(self._verifier)
        async with self._importing:
            if self._server is None:
                self._server = await asyncio.to_thread(_create_server, self._app)
        # A manager serves once. The next two lines do not wait, so no other request is between.
        _configure_manager(self._server)
        manager = self._server.session_manager
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def mcp_route(app: ASGIApp, *, verifier: TokenVerifier | None) -> Route:
    """Return the route. It takes only `POST`: without sessions there is no stream to listen to."""
    return Route(PATH, McpEndpoint(app, verifier=verifier), methods=["POST"], name="mcp")


def _create_server(app: ASGIApp) -> "MCPServer":
    import httpx2

    from edge.mcp.rest import RestClient
    from edge.mcp.tools import create_server

    logging.getLogger("mcp").setLevel(logging.WARNING)  # else two lines for each request
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=_OWN_URL)
    return create_server(RestClient(client, _headers_of_caller))


def _configure_manager(server: "MCPServer") -> None:
    from mcp.server.transport_security import TransportSecuritySettings

    server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        # The token is what a page from elsewhere does not have; a cookie is not looked at.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )


def _headers_of_caller() -> Mapping[str, str]:
    """Return the headers with which a tool acts for the caller of the request it runs in."""
    context = current_context()
    return {"Authorization": f"Bearer {context.token}", "X-Request-ID": context.request_id}
