"""ASGI middleware that finds out who a request is of: it verifies access tokens, exchanges others.

A personal access token (`habit_pat_…`) is exchanged at auth for a short-lived access token, which
goes on to the services and is kept for a minute. An access token that is not valid is left to the
route to refuse: some routes need none.
"""

import time
from dataclasses import dataclass, replace
from hashlib import sha256

import grpc
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.context import RequestContext, current_context, use_context
from chassis.errors import Unauthenticated
from chassis.identity import TokenVerifier
from contracts.auth.v1.personal_token_service_pb2 import ExchangePersonalTokenRequest
from edge.clients import Clients
from edge.problems import problem_from_call

PERSONAL_PREFIX = "habit_pat_"

_CACHE_SIZE = 5_000
_CACHE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Exchanged:
    access_token: str
    end: float
    """Moment on `time.monotonic()` after which it is exchanged anew."""


class AuthenticationMiddleware:
    """Puts the caller into the request context.

    Args:
        app: What serves the request.
        clients: Stubs of the services.
        verifier: Verifies access tokens here already; only the services do when None.
    """

    def __init__(self, app: ASGIApp, *, clients: Clients, verifier: TokenVerifier | None) -> None:
        self._app = app
        self._clients = clients
        self._verifier = verifier
        self._exchanged: dict[bytes, _Exchanged] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        context = current_context()
        if scope["type"] != "http" or not context.token:
            await self._app(scope, receive, send)
            return
        if context.token.startswith(PERSONAL_PREFIX):
            try:
                token = await self._exchange(context.token, _client_address(scope))
            except grpc.aio.AioRpcError as error:
                response = problem_from_call(error, instance=scope["path"])
                await response(scope, receive, send)
                return
            context = replace(context, token=token)
        with use_context(self._authenticated(context)):
            await self._app(scope, receive, send)

    def _authenticated(self, context: RequestContext) -> RequestContext:
        if self._verifier is None:
            return context
        try:
            return replace(context, caller=self._verifier.verify(context.token))
        except Unauthenticated:
            return context

    async def _exchange(self, secret: str, client_address: str) -> str:
        key = sha256(secret.encode()).digest()
        known = self._exchanged.get(key)
        if known is not None and time.monotonic() < known.end:
            return known.access_token
        answer = await self._clients.personal_tokens.ExchangePersonalToken(
            ExchangePersonalTokenRequest(secret=secret, client_address=client_address)
        )
        self._exchanged.pop(key, None)
        if len(self._exchanged) >= _CACHE_SIZE:
            del self._exchanged[next(iter(self._exchanged))]
        end = time.monotonic() + min(_CACHE_SECONDS, answer.expires_in_seconds / 2)
        self._exchanged[key] = _Exchanged(answer.access_token, end)
        return answer.access_token


def _client_address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
