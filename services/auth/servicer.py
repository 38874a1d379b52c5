"""The gRPC servicer of accounts and sessions."""

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
from services.auth.use_cases import AuthDependencies

PUBLIC = ("Register", "Login", "RefreshSession", "Logout", "GetKeySet", "ExchangeToken")
"""Methods that need no access token."""


class AuthServicer(AuthServiceServicer):
    """Serves accounts and sessions. Each method reads, calls a use case, writes.

    Args:
        database: Holds the accounts.
        dependencies: What the use cases need.
        key_set: Reads the public keys, as a JWKS.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        dependencies: AuthDependencies,
        *,
        key_set: Callable[[], str],
        now: Clock = clock_now,
    ) -> None:
        self._database = database
        self._dependencies = dependencies
        self._key_set = key_set
        self._now = now

    async def Register(self, request: RegisterRequest, context: Context) -> RegisterResponse:
        """Create an account and sign in."""
        registration = translate.registration_from_wire(request)
        now = self._now()
        async with use_cases.limit_attempts(
            self._dependencies, address=registration.client.address
        ):
            hashed = await use_cases.hash_password(self._dependencies, registration)
            async with self._database.transaction() as session:
                account = await use_cases.register(session, registration, hashed, now=now)
        sign_in = await use_cases.create_session(
            self._dependencies, account, registration.client, now=now
        )
        return RegisterResponse(
            account=translate.account_to_wire(account),
            tokens=translate.tokens_to_wire(sign_in),
        )

    async def Login(self, request: LoginRequest, context: Context) -> LoginResponse:
        """Sign in with a password."""
        login = translate.login_from_wire(request)
        async with self._database.transaction() as session:
            credentials = await use_cases.find_credentials(session, login)
        account = await use_cases.check_password(self._dependencies, login, credentials)
        sign_in = await use_cases.create_session(
            self._dependencies, account, login.client, now=self._now()
        )
        return LoginResponse(
            account=translate.account_to_wire(account),
            tokens=translate.tokens_to_wire(sign_in),
        )

    async def RefreshSession(
        self, request: RefreshSessionRequest, context: Context
    ) -> RefreshSessionResponse:
        """Rotate a refresh token."""
        token = translate.refresh_token_from_wire(request.refresh_token)
        rotated = await use_cases.rotate_refresh_token(self._dependencies, token, now=self._now())
        async with self._database.transaction() as session:
            sign_in = await use_cases.refresh_session(session, self._dependencies, rotated)
        return RefreshSessionResponse(
            account=translate.account_to_wire(sign_in.account),
            tokens=translate.tokens_to_wire(sign_in),
        )

    async def Logout(self, request: LogoutRequest, context: Context) -> LogoutResponse:
        """End the session of a refresh token."""
        token = translate.refresh_token_to_end_from_wire(request.refresh_token)
        await use_cases.end_session(self._dependencies, token)
        return LogoutResponse()

    async def LogoutAll(self, request: LogoutAllRequest, context: Context) -> LogoutAllResponse:
        """End every session of the caller."""
        await use_cases.end_all_sessions(self._dependencies, current_caller().id)
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
        await use_cases.reauthenticate(self._dependencies, credentials, password)
        async with self._database.transaction() as session:
            await use_cases.delete_account(session, caller_id)
        await use_cases.end_all_sessions(self._dependencies, caller_id)
        return DeleteAccountResponse()

    async def ExchangeToken(
        self, request: ExchangeTokenRequest, context: Context
    ) -> ExchangeTokenResponse:
        """Issue a token to a trusted service."""
        exchange = translate.exchange_from_wire(request)
        async with self._database.transaction() as session:
            token = await use_cases.exchange_token(
                session, self._dependencies, exchange, now=self._now()
            )
        return translate.exchanged_token_to_wire(token)
