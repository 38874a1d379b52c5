"""AuthService: accounts, sign-in, token refresh and token exchange."""

from collections.abc import Callable
from uuid import UUID

from chassis.clock import Clock
from chassis.clock import now as clock_now
from chassis.context import current_context
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.auth.v1 import auth_service_pb2 as rpc
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceServicer
from services.auth.domain.account_event import EventKind
from services.auth.servicer.failures import FailureLog
from services.auth.translate import accounts as translate
from services.auth.translate import sign_in as sign_in_translate
from services.auth.use_cases import accounts, passwords, rate_limits, sessions, tokens
from services.auth.use_cases.account_events import record_event
from services.auth.use_cases.dependencies import AuthDependencies

PUBLIC = ("Register", "Login", "RefreshSession", "Logout", "GetKeySet", "ExchangeToken")
"""Methods that need no access token."""


class AuthServicer(AuthServiceServicer):
    """Serves accounts and sign-in.

    Args:
        database: Holds the accounts.
        dependencies: What the use cases need.
        failures: Records failed sign-ins.
        key_set: Reads the public keys, as a JWKS.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        dependencies: AuthDependencies,
        failures: FailureLog,
        *,
        key_set: Callable[[], str],
        now: Clock = clock_now,
    ) -> None:
        self._database = database
        self._dependencies = dependencies
        self._failures = failures
        self._key_set = key_set
        self._now = now

    async def Register(
        self, request: rpc.RegisterRequest, context: Context
    ) -> rpc.RegisterResponse:
        """Create an account and sign in."""
        registration = translate.registration_from_wire(request)
        now, client = self._now(), registration.client
        limit = await rate_limits.limit_requests(
            self._dependencies, self._dependencies.policies.registration, client.address
        )
        hashed = await passwords.hash_new_password(
            self._dependencies, registration.password, email=registration.email
        )
        async with self._database.transaction() as session:
            account = await accounts.register(session, registration, hashed, now=now)
        sign_in = await sessions.create_session(self._dependencies, account, client, now=now)
        return rpc.RegisterResponse(
            account=translate.account_to_wire(account),
            tokens=sign_in_translate.tokens_to_wire(sign_in),
            rate_limit=sign_in_translate.rate_limit_to_wire(limit),
        )

    async def Login(self, request: rpc.LoginRequest, context: Context) -> rpc.LoginResponse:
        """Sign in with a password."""
        login = sign_in_translate.login_from_wire(request)
        now, client = self._now(), login.client
        self._dependencies.password_hasher.require_room()
        async with self._database.transaction() as session:
            credentials = await passwords.find_credentials(session, login)
        async with self._failures.recording(client):
            proven, limit = await passwords.check_login(self._dependencies, login, credentials)
        upgraded = await passwords.upgraded_hash(self._dependencies, login, proven)
        sign_in = await sessions.create_session(self._dependencies, proven.account, client, now=now)
        async with self._database.transaction() as session:
            await passwords.store_upgraded_hash(session, proven, upgraded)
            await sessions.record_sign_in(session, sign_in, client, now=now)
        return rpc.LoginResponse(
            account=translate.account_to_wire(sign_in.account),
            tokens=sign_in_translate.tokens_to_wire(sign_in),
            rate_limit=sign_in_translate.rate_limit_to_wire(limit),
        )

    async def RefreshSession(
        self, request: rpc.RefreshSessionRequest, context: Context
    ) -> rpc.RefreshSessionResponse:
        """Rotate a refresh token."""
        token = sign_in_translate.refresh_token_from_wire(request.refresh_token)
        client = translate.client_from_wire("", request.client_address)
        limit = await sessions.limit_refresh(self._dependencies, token)
        async with self._failures.recording(client):
            rotated = await sessions.rotate_refresh_token(
                self._dependencies, token, client, now=self._now()
            )
        async with self._database.transaction() as session:
            sign_in = await sessions.refresh_session(session, self._dependencies, rotated)
        return rpc.RefreshSessionResponse(
            account=translate.account_to_wire(sign_in.account),
            tokens=sign_in_translate.tokens_to_wire(sign_in),
            rate_limit=sign_in_translate.rate_limit_to_wire(limit),
        )

    async def Logout(self, request: rpc.LogoutRequest, context: Context) -> rpc.LogoutResponse:
        """End the session of a refresh token."""
        token = sign_in_translate.refresh_token_to_end_from_wire(request.refresh_token)
        account_id = await sessions.end_session(self._dependencies, token)
        if token and account_id:
            await self._record(account_id, EventKind.SIGNED_OUT, token.session_id)
        return rpc.LogoutResponse()

    async def LogoutAll(
        self, request: rpc.LogoutAllRequest, context: Context
    ) -> rpc.LogoutAllResponse:
        """End every session of the caller."""
        account_id = current_caller().id
        await sessions.end_all_sessions(self._dependencies, account_id)
        await self._record(account_id, EventKind.SIGNED_OUT_EVERYWHERE)
        return rpc.LogoutAllResponse()

    async def GetKeySet(
        self, request: rpc.GetKeySetRequest, context: Context
    ) -> rpc.GetKeySetResponse:
        """Return the public keys."""
        return rpc.GetKeySetResponse(key_set_json=self._key_set())

    async def GetAccount(
        self, request: rpc.GetAccountRequest, context: Context
    ) -> rpc.GetAccountResponse:
        """Return the caller's account."""
        async with self._database.transaction() as session:
            account = await accounts.get_account(session, current_caller().id)
        return rpc.GetAccountResponse(account=translate.account_to_wire(account))

    async def UpdateAccount(
        self, request: rpc.UpdateAccountRequest, context: Context
    ) -> rpc.UpdateAccountResponse:
        """Change the caller's account."""
        profile = translate.profile_from_wire(request)
        async with self._database.transaction() as session:
            account = await accounts.update_account(
                session, current_caller().id, profile, now=self._now()
            )
        return rpc.UpdateAccountResponse(account=translate.account_to_wire(account))

    async def DeleteAccount(
        self, request: rpc.DeleteAccountRequest, context: Context
    ) -> rpc.DeleteAccountResponse:
        """Delete the caller's account."""
        password = sign_in_translate.password_from_wire(request.password)
        caller = current_caller()
        async with self._database.transaction() as session:
            credentials = await passwords.get_credentials(session, caller.id)
        await accounts.authorize_deletion(self._dependencies, caller, credentials, password)
        # First the access, which needs Redis: an account that is gone could not ask for it again.
        await sessions.end_all_sessions(self._dependencies, caller.id)
        async with self._database.transaction() as session:
            await accounts.delete_account(session, caller.id)
        await sessions.revoke_account(self._dependencies, caller.id)
        return rpc.DeleteAccountResponse()

    async def ExchangeToken(
        self, request: rpc.ExchangeTokenRequest, context: Context
    ) -> rpc.ExchangeTokenResponse:
        """Issue an access token to a trusted service."""
        exchange = sign_in_translate.exchange_from_wire(request)
        tokens.require_own_actor(exchange.actor, current_context().peer_name)
        await tokens.authorize_service(
            self._dependencies, exchange.secret, peer=sign_in_translate.peer_of(context.peer())
        )
        async with self._database.transaction() as session:
            token = await tokens.exchange_token(
                session, self._dependencies, exchange, now=self._now()
            )
        return sign_in_translate.exchanged_token_to_wire(token)

    async def _record(self, account_id: UUID, kind: EventKind, subject: UUID | None = None) -> None:
        async with self._database.transaction() as session:
            await record_event(session, account_id, kind, now=self._now(), subject_id=subject)
