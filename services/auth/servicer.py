"""gRPC: read, do, write."""

from collections.abc import Callable

from chassis.clock import Clock
from chassis.clock import now as clock_now
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.auth.v1.auth_service_pb2 import (
    DeleteAccountRequest,
    DeleteAccountResponse,
    ExchangeTokenRequest,
    ExchangeTokenResponse,
    GetAccountRequest,
    GetAccountResponse,
    GetKeySetRequest,
    GetKeySetResponse,
    LoginRequest,
    LoginResponse,
    LogoutAllRequest,
    LogoutAllResponse,
    LogoutRequest,
    LogoutResponse,
    RefreshSessionRequest,
    RefreshSessionResponse,
    RegisterRequest,
    RegisterResponse,
    UpdateAccountRequest,
    UpdateAccountResponse,
)
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceServicer
from services.auth import translate, use_cases
from services.auth.use_cases import Desk

PUBLIC = ("Register", "Login", "RefreshSession", "Logout", "GetKeySet", "ExchangeToken")
"""What can be asked without an access token."""


class AuthServicer(AuthServiceServicer):
    """Serves accounts and sessions.

    Args:
        database: Where accounts are.
        desk: What the use cases work with.
        key_set: Reads the public keys, as a JWKS.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        desk: Desk,
        *,
        key_set: Callable[[], str],
        now: Clock = clock_now,
    ) -> None:
        self._database = database
        self._desk = desk
        self._key_set = key_set
        self._now = now

    async def Register(self, request: RegisterRequest, context: Context) -> RegisterResponse:
        """Make an account and sign it in."""
        order = translate.registration_from_wire(request)
        now = self._now()
        async with use_cases.limited(self._desk, address=order.origin.address):
            hashed = await use_cases.hash_password(self._desk, order)
            async with self._database.transaction() as session:
                account = await use_cases.register(session, order, hashed, now=now)
        signed_in = await use_cases.begin_session(self._desk, account, order.origin, now=now)
        return RegisterResponse(
            account=translate.account_to_wire(account),
            tokens=translate.tokens_to_wire(signed_in),
        )

    async def Login(self, request: LoginRequest, context: Context) -> LoginResponse:
        """Sign in with a password."""
        order = translate.login_from_wire(request)
        async with self._database.transaction() as session:
            credentials = await use_cases.find_credentials(session, order)
        account = await use_cases.check_password(self._desk, order, credentials)
        signed_in = await use_cases.begin_session(
            self._desk, account, order.origin, now=self._now()
        )
        return LoginResponse(
            account=translate.account_to_wire(account),
            tokens=translate.tokens_to_wire(signed_in),
        )

    async def RefreshSession(
        self, request: RefreshSessionRequest, context: Context
    ) -> RefreshSessionResponse:
        """Spend a refresh token for the next pair."""
        token = translate.refresh_token_from_wire(request.refresh_token)
        renewal = await use_cases.spend_refresh_token(self._desk, token, now=self._now())
        async with self._database.transaction() as session:
            signed_in = await use_cases.renew_session(session, self._desk, renewal)
        return RefreshSessionResponse(
            account=translate.account_to_wire(signed_in.account),
            tokens=translate.tokens_to_wire(signed_in),
        )

    async def Logout(self, request: LogoutRequest, context: Context) -> LogoutResponse:
        """End the session of a refresh token."""
        token = translate.refresh_token_to_end_from_wire(request.refresh_token)
        await use_cases.end_session(self._desk, token)
        return LogoutResponse()

    async def LogoutAll(self, request: LogoutAllRequest, context: Context) -> LogoutAllResponse:
        """End every session of the caller."""
        await use_cases.end_every_session(self._desk, current_caller().id)
        return LogoutAllResponse()

    async def GetKeySet(self, request: GetKeySetRequest, context: Context) -> GetKeySetResponse:
        """Return the public keys."""
        return GetKeySetResponse(key_set_json=self._key_set())

    async def GetAccount(self, request: GetAccountRequest, context: Context) -> GetAccountResponse:
        """Return the caller's account."""
        async with self._database.transaction() as session:
            account = await use_cases.get_account(session, current_caller().id)
        return GetAccountResponse(account=translate.account_to_wire(account))

    async def UpdateAccount(
        self, request: UpdateAccountRequest, context: Context
    ) -> UpdateAccountResponse:
        """Change the caller's account."""
        profile = translate.profile_from_wire(request)
        async with self._database.transaction() as session:
            account = await use_cases.update_account(
                session, current_caller().id, profile, now=self._now()
            )
        return UpdateAccountResponse(account=translate.account_to_wire(account))

    async def DeleteAccount(
        self, request: DeleteAccountRequest, context: Context
    ) -> DeleteAccountResponse:
        """Delete the caller's account."""
        password = translate.password_from_wire(request.password)
        caller_id = current_caller().id
        async with self._database.transaction() as session:
            credentials = await use_cases.get_credentials(session, caller_id)
        await use_cases.prove_again(self._desk, credentials, password)
        async with self._database.transaction() as session:
            await use_cases.delete_account(session, caller_id)
        await use_cases.end_every_session(self._desk, caller_id)
        return DeleteAccountResponse()

    async def ExchangeToken(
        self, request: ExchangeTokenRequest, context: Context
    ) -> ExchangeTokenResponse:
        """Issue a token to a trusted service."""
        exchange = translate.exchange_from_wire(request)
        async with self._database.transaction() as session:
            token = await use_cases.delegate(session, self._desk, exchange, now=self._now())
        return translate.delegated_to_wire(token)
