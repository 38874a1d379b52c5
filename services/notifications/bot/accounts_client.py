"""Accounts: what registration, `/settings` and `/delete` ask of auth."""

from dataclasses import dataclass
from uuid import UUID

import grpc

from chassis.rpc.status import refusal_details
from contracts.auth.v1 import account_pb2
from contracts.auth.v1.auth_service_pb2 import (
    DeleteAccountRequest,
    GetAccountRequest,
    UpdateAccountRequest,
)
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.auth.v1.credential_service_pb2 import (
    CreateChatAccountRequest,
    CreateSignInCodeRequest,
)
from contracts.auth.v1.credential_service_pb2_grpc import CredentialServiceStub
from services.notifications.bot.delegated_calls import ActionRefused, DelegatedCalls
from services.notifications.domain.people import Person
from services.notifications.domain.replies import refusal_text
from services.notifications.translate.event_data import person_from_wire


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """The settings of an account that the chat shows."""

    timezone: str
    day_start: str
    week_start: int
    """1 is Monday."""
    locale: str
    email: str
    """Empty for an account that was made in a chat."""
    display_name: str


class AccountsClient:
    """The auth service as the bot calls it; raises `ActionRefused` or `AccountDeleted`."""

    def __init__(
        self,
        calls: DelegatedCalls,
        auth: AuthServiceStub,
        credentials: CredentialServiceStub,
        *,
        delegation_secret: str,
    ) -> None:
        self._calls = calls
        self._auth = auth
        self._credentials = credentials
        self._secret = delegation_secret

    async def create(
        self, *, display_name: str, timezone: str, locale: str, request_id: str
    ) -> Person:
        """Create an account without address and password; the same request creates it once."""
        account = account_pb2.Account(display_name=display_name, timezone=timezone, locale=locale)
        try:
            response = await self._credentials.CreateChatAccount(
                CreateChatAccountRequest(
                    delegation_secret=self._secret, request_id=request_id, account=account
                )
            )
        except grpc.aio.AioRpcError as error:
            details = refusal_details(error)
            message = details.message if details.reason else ""
            raise ActionRefused(refusal_text(details.reason, message)) from error
        return person_from_wire(response.account)

    async def settings(self, owner_id: UUID, request_id: str) -> AccountSettings:
        """Return the settings of an account."""
        response = await self._calls.call_as(
            owner_id,
            lambda: self._auth.GetAccount(GetAccountRequest()),
            request_id=request_id,
        )
        account = response.account
        return AccountSettings(
            timezone=account.timezone,
            day_start=account.day_start,
            week_start=int(account.week_start),
            locale=account.locale,
            email=account.email,
            display_name=account.display_name,
        )

    async def update(self, person: Person, request_id: str, **values: str | int) -> Person:
        """Change `timezone`, `day_start`, `week_start` or `locale`."""
        account = account_pb2.Account(**values)  # type: ignore[arg-type]  # names are checked by it
        response = await self._calls.call_as(
            person.owner_id,
            lambda: self._auth.UpdateAccount(UpdateAccountRequest(account=account)),
            request_id=request_id,
        )
        return person_from_wire(response.account)

    async def sign_in_code(self, person: Person, request_id: str) -> tuple[str, int]:
        """Return a code to sign in with elsewhere, and for how many seconds it works."""
        response = await self._calls.call_as(
            person.owner_id,
            lambda: self._credentials.CreateSignInCode(CreateSignInCodeRequest()),
            request_id=request_id,
        )
        return response.code, response.expires_in_seconds

    async def delete(self, person: Person, request_id: str) -> UUID:
        """Delete the account with everything that every service stores of it."""
        await self._calls.call_as(
            person.owner_id,
            lambda: self._auth.DeleteAccount(DeleteAccountRequest()),
            request_id=request_id,
        )
        return person.owner_id
