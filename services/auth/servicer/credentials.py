"""CredentialService: passwords, email addresses, chat accounts and sign-in codes."""

from chassis.clock import Clock
from chassis.clock import now as clock_now
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.auth.v1 import credential_service_pb2 as rpc
from contracts.auth.v1.credential_service_pb2_grpc import CredentialServiceServicer
from services.auth.translate import accounts as account_translate
from services.auth.translate import credentials as translate
from services.auth.translate import sign_in as sign_in_translate
from services.auth.use_cases import accounts, passwords, sessions, sign_in_codes, tokens
from services.auth.use_cases.dependencies import AuthDependencies

PUBLIC = ("CreateChatAccount", "SignInWithCode")
"""Methods that need no access token."""


class CredentialServicer(CredentialServiceServicer):
    """Serves the ways in which a person proves who they are.

    Args:
        database: Holds the accounts.
        dependencies: What the use cases need.
        now: The clock.
    """

    def __init__(
        self, database: Database, dependencies: AuthDependencies, *, now: Clock = clock_now
    ) -> None:
        self._database = database
        self._dependencies = dependencies
        self._now = now

    async def ChangePassword(
        self, request: rpc.ChangePasswordRequest, context: Context
    ) -> rpc.ChangePasswordResponse:
        """Change the caller's password and end their other sessions."""
        current, new = translate.passwords_from_wire(request)
        caller = current_caller()
        async with self._database.transaction() as session:
            credentials = await passwords.get_credentials(session, caller.id)
        await passwords.reauthenticate(self._dependencies, credentials, current)
        hashed = await passwords.hash_new_password(
            self._dependencies, new, email=credentials.account.email
        )
        async with self._database.transaction() as session:
            await passwords.change_password(session, credentials, hashed, now=self._now())
        await sessions.end_other_sessions(self._dependencies, caller.id, caller.session_id)
        return rpc.ChangePasswordResponse()

    async def ChangeEmail(
        self, request: rpc.ChangeEmailRequest, context: Context
    ) -> rpc.ChangeEmailResponse:
        """Change the caller's email address."""
        email = account_translate.email_from_wire(request.email)
        password = sign_in_translate.password_from_wire(request.password)
        caller_id = current_caller().id
        async with self._database.transaction() as session:
            credentials = await passwords.get_credentials(session, caller_id)
        await passwords.reauthenticate(self._dependencies, credentials, password)
        async with self._database.transaction() as session:
            account = await passwords.change_email(session, caller_id, email, now=self._now())
        return rpc.ChangeEmailResponse(account=account_translate.account_to_wire(account))

    async def SetCredentials(
        self, request: rpc.SetCredentialsRequest, context: Context
    ) -> rpc.SetCredentialsResponse:
        """Set the first email address and password of the caller's account."""
        email, password = translate.first_credentials_from_wire(request)
        caller_id = current_caller().id
        async with self._database.transaction() as session:
            credentials = await passwords.get_credentials(session, caller_id)
        passwords.refuse_second_password(credentials)
        hashed = await passwords.hash_new_password(self._dependencies, password, email=email)
        async with self._database.transaction() as session:
            account = await passwords.set_credentials(
                session, caller_id, email, hashed, now=self._now()
            )
        return rpc.SetCredentialsResponse(account=account_translate.account_to_wire(account))

    async def CreateChatAccount(
        self, request: rpc.CreateChatAccountRequest, context: Context
    ) -> rpc.CreateChatAccountResponse:
        """Create an account for a person who came by a chat."""
        request_id, profile = translate.chat_account_from_wire(request)
        await tokens.authorize_service(
            self._dependencies,
            request.delegation_secret,
            peer=sign_in_translate.peer_of(context.peer()),
        )
        async with self._database.transaction() as session:
            account, created = await accounts.create_chat_account(
                session, request_id, profile, now=self._now()
            )
        return rpc.CreateChatAccountResponse(
            account=account_translate.account_to_wire(account), created=created
        )

    async def CreateSignInCode(
        self, request: rpc.CreateSignInCodeRequest, context: Context
    ) -> rpc.CreateSignInCodeResponse:
        """Create a code with which the caller signs in elsewhere."""
        async with self._database.transaction() as session:
            code = await sign_in_codes.create_sign_in_code(
                session, self._dependencies, current_caller().id, now=self._now()
            )
        return translate.sign_in_code_to_wire(code, self._dependencies.codes.lifetime)

    async def SignInWithCode(
        self, request: rpc.SignInWithCodeRequest, context: Context
    ) -> rpc.SignInWithCodeResponse:
        """Sign in with a code."""
        code = translate.sign_in_code_from_wire(request)
        client = account_translate.client_from_wire(request.device, request.client_address)
        now = self._now()
        account_id, limit = await sign_in_codes.take_sign_in_code(
            self._dependencies, code, address=client.address
        )
        async with self._database.transaction() as session:
            account = await sign_in_codes.account_of_code(session, account_id)
        sign_in = await sessions.create_session(self._dependencies, account, client, now=now)
        async with self._database.transaction() as session:
            await sessions.record_sign_in(session, sign_in, client, now=now)
        return rpc.SignInWithCodeResponse(
            account=account_translate.account_to_wire(account),
            tokens=sign_in_translate.tokens_to_wire(sign_in),
            rate_limit=sign_in_translate.rate_limit_to_wire(limit),
        )
