"""ProxySignInService: signing in by the header of a trusted proxy."""

from chassis.clock import Clock
from chassis.clock import now as clock_now
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.auth.v1 import proxy_sign_in_service_pb2 as rpc
from contracts.auth.v1.proxy_sign_in_service_pb2_grpc import ProxySignInServiceServicer
from services.auth.translate import accounts as account_translate
from services.auth.translate import sign_in as sign_in_translate
from services.auth.translate.proxy_sign_in import identity_from_user
from services.auth.use_cases import identities, proxy_sign_in, sessions
from services.auth.use_cases.dependencies import AuthDependencies

PUBLIC = ("SignInByProxy",)
"""Methods that need no access token."""


class ProxySignInServicer(ProxySignInServiceServicer):
    """Serves sign-ins of people whom a proxy has authenticated.

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

    async def SignInByProxy(
        self, request: rpc.SignInByProxyRequest, context: Context
    ) -> rpc.SignInByProxyResponse:
        """Sign in whom the proxy names."""
        await self._authorize(request.delegation_secret, context)
        identity = identity_from_user(request.user)
        client = account_translate.client_from_wire(request.device, request.client_address)
        now = self._now()
        async with self._database.transaction() as session:
            account = await proxy_sign_in.account_of_proxy_user(
                session, self._dependencies, identity, now=now
            )
        sign_in = await sessions.create_session(self._dependencies, account, client, now=now)
        async with self._database.transaction() as session:
            await sessions.record_sign_in(session, sign_in, client, now=now)
        return rpc.SignInByProxyResponse(
            account=account_translate.account_to_wire(account),
            tokens=sign_in_translate.tokens_to_wire(sign_in),
        )

    async def LinkProxyUser(
        self, request: rpc.LinkProxyUserRequest, context: Context
    ) -> rpc.LinkProxyUserResponse:
        """Link whom the proxy names to the caller's account."""
        await self._authorize(request.delegation_secret, context)
        identity = identity_from_user(request.user)
        async with self._database.transaction() as session:
            await identities.link_identity(session, identity, current_caller().id, now=self._now())
        return rpc.LinkProxyUserResponse()

    async def _authorize(self, secret: str, context: Context) -> None:
        await proxy_sign_in.authorize_proxy(
            self._dependencies, secret, peer=sign_in_translate.peer_of(context.peer())
        )
