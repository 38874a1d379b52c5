"""Finds out who a request is of: verifies access tokens, and exchanges personal ones.

A personal access token (`habit_pat_…`) is exchanged at auth for a short-lived access token, which
goes on to the services and is kept for a minute. An access token that is not valid is left to the
route to refuse: some routes need none.
"""

import time
from dataclasses import dataclass, replace
from hashlib import sha256

from chassis.caller import Caller
from chassis.context import RequestContext
from chassis.errors import Unauthenticated, Unavailable
from chassis.identity import TokenVerifier
from contracts.auth.v1.personal_token_service_pb2 import ExchangePersonalTokenRequest
from edge.clients import Clients

PERSONAL_PREFIX = "habit_pat_"

_CACHE_SIZE = 5_000
_CACHE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Exchanged:
    access_token: str
    end: float
    """Moment on `time.monotonic()` after which it is exchanged anew."""


class Authentication:
    """Finds the caller of a request.

    Args:
        clients: Stubs of the services.
        verifier: Verifies access tokens here already; only the services do when None.
    """

    def __init__(self, clients: Clients, verifier: TokenVerifier | None) -> None:
        self._clients = clients
        self._verifier = verifier
        self._exchanged: dict[bytes, _Exchanged] = {}

    def find_caller(self, token: str) -> Caller | None:
        """Return whom a valid access token was issued for; None where that is not known here."""
        if self._verifier is None or not token or token.startswith(PERSONAL_PREFIX):
            return None
        try:
            return self._verifier.verify(token)
        except (Unauthenticated, Unavailable):
            return None  # a route that needs a caller verifies it once more, and says why not

    async def exchange(self, context: RequestContext, client_address: str) -> RequestContext:
        """Return the context of a request, whose personal access token is exchanged.

        Raises:
            grpc.aio.AioRpcError: auth refuses it, or does not answer.
        """
        token = await self._exchange(context.token, client_address)
        return replace(context, token=token, caller=self.find_caller(token))

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
