"""Accounts and sign-in codes for people whom Telegram vouches for, from the auth service."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import grpc

from chassis.context import current_context, use_context
from chassis.errors import Unavailable
from chassis.rpc.status import refusal_details
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_service_pb2 import ExchangeTokenRequest
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.auth.v1.credential_service_pb2 import (
    CreateChatAccountRequest,
    CreateSignInCodeRequest,
)
from contracts.auth.v1.credential_service_pb2_grpc import CredentialServiceStub
from services.notifications.domain.errors import RegistrationRefused, TelegramNotLinked
from services.notifications.domain.people import Person

_ACTOR = "telegram"


class AuthGateway:
    """The auth service, as it is called for a Telegram user with the delegation secret."""

    def __init__(
        self, auth: AuthServiceStub, credentials: CredentialServiceStub, *, delegation_secret: str
    ) -> None:
        self._auth = auth
        self._credentials = credentials
        self._secret = delegation_secret

    async def create_account(
        self, *, display_name: str, timezone: str, locale: str, request_id: str
    ) -> Person:
        """Create an account without address and password; the same request creates it once.

        Raises:
            RegistrationRefused: A value is not one that an account can have.
            Unavailable: auth does not answer.
        """
        wanted = Account(display_name=display_name, timezone=timezone, locale=locale)
        with _refusals():
            response = await self._credentials.CreateChatAccount(
                CreateChatAccountRequest(
                    delegation_secret=self._secret, request_id=request_id, account=wanted
                )
            )
        account = response.account
        return Person(
            owner_id=UUID(account.id),
            timezone=account.timezone,
            locale=account.locale,
            display_name=account.display_name,
            revision=account.revision,
        )

    async def create_sign_in_code(self, owner_id: UUID) -> str:
        """Return a code that signs an account in once.

        Raises:
            TelegramNotLinked: The account was deleted meanwhile.
            Unavailable: auth does not answer.
        """
        with _refusals():
            token = await self._auth.ExchangeToken(
                ExchangeTokenRequest(
                    account_id=str(owner_id), delegation_secret=self._secret, actor=_ACTOR
                )
            )
            with use_context(replace(current_context(), token=token.access_token)):
                response = await self._credentials.CreateSignInCode(CreateSignInCodeRequest())
        return response.code


@contextmanager
def _refusals() -> Iterator[None]:
    """Raise auth's refusals as ours."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        details = refusal_details(error)
        if details.reason == "ACCOUNT_NOT_FOUND":
            raise TelegramNotLinked from error
        if error.code() is grpc.StatusCode.INVALID_ARGUMENT:
            raise RegistrationRefused(details.reason, details.message) from error
        raise Unavailable("The auth service does not answer as it should.") from error
