"""OidcService: signing in at an OpenID provider."""

from chassis.clock import Clock
from chassis.clock import now as clock_now
from chassis.database import Database
from chassis.rpc.interceptors import Context
from contracts.auth.v1 import oidc_service_pb2 as rpc
from contracts.auth.v1.oidc_service_pb2_grpc import OidcServiceServicer
from services.auth.domain.identity import SIGN_IN_LIFETIME, ProviderAnswer
from services.auth.translate import accounts as account_translate
from services.auth.translate import sign_in as sign_in_translate
from services.auth.use_cases import identities, oidc, sessions
from services.auth.use_cases.dependencies import AuthDependencies

PUBLIC = ("GetSignInMethods", "StartOidcSignIn", "FinishOidcSignIn")
"""Methods that need no access token."""


class OidcServicer(OidcServiceServicer):
    """Serves sign-ins at an OpenID provider.

    Args:
        database: Holds accounts and identities.
        dependencies: What the use cases need.
        now: The clock.
    """

    def __init__(
        self, database: Database, dependencies: AuthDependencies, *, now: Clock = clock_now
    ) -> None:
        self._database = database
        self._dependencies = dependencies
        self._now = now

    async def GetSignInMethods(
        self, request: rpc.GetSignInMethodsRequest, context: Context
    ) -> rpc.GetSignInMethodsResponse:
        """Say by which ways people sign in."""
        return rpc.GetSignInMethodsResponse(oidc=self._dependencies.openid_provider is not None)

    async def StartOidcSignIn(
        self, request: rpc.StartOidcSignInRequest, context: Context
    ) -> rpc.StartOidcSignInResponse:
        """Begin a sign-in."""
        url, browser_secret = await oidc.start_sign_in(self._dependencies, request.redirect_uri)
        return rpc.StartOidcSignInResponse(
            authorization_url=url,
            browser_secret=browser_secret,
            expires_in_seconds=int(SIGN_IN_LIFETIME.total_seconds()),
        )

    async def FinishOidcSignIn(
        self, request: rpc.FinishOidcSignInRequest, context: Context
    ) -> rpc.FinishOidcSignInResponse:
        """Finish a sign-in."""
        client = account_translate.client_from_wire(request.device, request.client_address)
        answer = ProviderAnswer(
            state=request.state,
            code=request.code,
            issuer=request.issuer,
            browser_secret=request.browser_secret,
        )
        now = self._now()
        identity = await oidc.finish_sign_in(self._dependencies, answer, address=client.address)
        async with self._database.transaction() as session:
            account = await identities.get_or_create_account(session, identity, now=now)
        sign_in = await sessions.create_session(self._dependencies, account, client, now=now)
        async with self._database.transaction() as session:
            await sessions.record_sign_in(session, sign_in, client, now=now)
        return rpc.FinishOidcSignInResponse(
            account=account_translate.account_to_wire(account),
            tokens=sign_in_translate.tokens_to_wire(sign_in),
        )
