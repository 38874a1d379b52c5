"""PersonalTokenService: tokens with which programs act for their owner."""

from chassis.clock import Clock
from chassis.clock import now as clock_now
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.auth.v1 import personal_token_service_pb2 as rpc
from contracts.auth.v1.personal_token_service_pb2_grpc import PersonalTokenServiceServicer
from services.auth.translate import personal_tokens as translate
from services.auth.use_cases import personal_tokens
from services.auth.use_cases.dependencies import AuthDependencies

PUBLIC = ("ExchangePersonalToken",)
"""Methods that need no access token."""


class PersonalTokenServicer(PersonalTokenServiceServicer):
    """Serves personal access tokens.

    Args:
        database: Holds them.
        dependencies: What the use cases need.
        now: The clock.
    """

    def __init__(
        self, database: Database, dependencies: AuthDependencies, *, now: Clock = clock_now
    ) -> None:
        self._database = database
        self._dependencies = dependencies
        self._now = now

    async def ListPersonalTokens(
        self, request: rpc.ListPersonalTokensRequest, context: Context
    ) -> rpc.ListPersonalTokensResponse:
        """List the caller's tokens."""
        async with self._database.transaction() as session:
            found = await personal_tokens.list_tokens(session, current_caller().id)
        return rpc.ListPersonalTokensResponse(tokens=map(translate.token_to_wire, found))

    async def CreatePersonalToken(
        self, request: rpc.CreatePersonalTokenRequest, context: Context
    ) -> rpc.CreatePersonalTokenResponse:
        """Create a token."""
        new = translate.new_token_from_wire(request)
        async with self._database.transaction() as session:
            token, secret = await personal_tokens.create_token(
                session, current_caller().id, new, now=self._now()
            )
        return rpc.CreatePersonalTokenResponse(token=translate.token_to_wire(token), secret=secret)

    async def DeletePersonalToken(
        self, request: rpc.DeletePersonalTokenRequest, context: Context
    ) -> rpc.DeletePersonalTokenResponse:
        """Delete a token."""
        token_id = translate.token_id_from_wire(request.token_id)
        async with self._database.transaction() as session:
            await personal_tokens.delete_token(
                session, current_caller().id, token_id, now=self._now()
            )
        await personal_tokens.revoke_token(self._dependencies, token_id)
        return rpc.DeletePersonalTokenResponse()

    async def ExchangePersonalToken(
        self, request: rpc.ExchangePersonalTokenRequest, context: Context
    ) -> rpc.ExchangePersonalTokenResponse:
        """Exchange the secret of a token for an access token."""
        async with self._database.transaction() as session:
            token = await personal_tokens.exchange_secret(
                session,
                self._dependencies,
                request.secret,
                address=request.client_address,
                now=self._now(),
            )
        return translate.exchanged_to_wire(token)
