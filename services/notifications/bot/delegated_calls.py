"""The bot acts for the person in the chat, with a token that speaks for them."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import grpc

from chassis.context import RequestContext, use_context
from chassis.rpc.status import refusal_details
from contracts.auth.v1.auth_service_pb2 import ExchangeTokenRequest
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from services.notifications.domain.replies import refusal_text

ACTOR = "telegram"

_EARLY_SECONDS = 30.0
_MOST_TOKENS = 10_000


class ActionRefused(Exception):
    """Something was refused, or did not answer; the message says so to the person."""


class AccountDeleted(Exception):
    """The account of this chat no longer exists."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and when to stop using it, on `time.monotonic()`."""

    text: str
    end: float


class DelegatedCalls:
    """Calls services as a linked person. A token is asked for once and used until it is old."""

    def __init__(self, auth: AuthServiceStub, *, delegation_secret: str) -> None:
        self._auth = auth
        self._secret = delegation_secret
        self._tokens: dict[UUID, Token] = {}

    async def call_as[T](
        self, owner_id: UUID, call: Callable[[], Awaitable[T]], *, request_id: str
    ) -> T:
        """Make a call as this person.

        Raises:
            ActionRefused: It was refused, or nobody answered.
            AccountDeleted: The person no longer exists.
        """
        try:
            try:
                return await self._call(owner_id, call, request_id)
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAUTHENTICATED:
                    raise
            self._tokens.pop(owner_id, None)  # the keys have changed, or the clocks disagree
            return await self._call(owner_id, call, request_id)
        except grpc.aio.AioRpcError as error:
            details = refusal_details(error)
            if details.reason == "ACCOUNT_NOT_FOUND":
                raise AccountDeleted from error
            message = details.message if details.reason else ""
            habits_reason = details.metadata.get("habits_reason", "")
            text = refusal_text(details.reason, message, habits_reason=habits_reason)
            raise ActionRefused(text) from error

    async def _call[T](
        self, owner_id: UUID, call: Callable[[], Awaitable[T]], request_id: str
    ) -> T:
        token = self._tokens.get(owner_id)
        if token is None or token.end <= time.monotonic():
            token = await self._exchange(owner_id)
        with use_context(RequestContext(request_id=request_id, token=token.text)):
            return await call()

    async def _exchange(self, owner_id: UUID) -> Token:
        result = await self._auth.ExchangeToken(
            ExchangeTokenRequest(
                account_id=str(owner_id), delegation_secret=self._secret, actor=ACTOR
            )
        )
        end = time.monotonic() + result.expires_in_seconds - _EARLY_SECONDS
        self._tokens.pop(owner_id, None)
        if len(self._tokens) >= _MOST_TOKENS:
            del self._tokens[next(iter(self._tokens))]
        self._tokens[owner_id] = token = Token(result.access_token, end)
        return token
