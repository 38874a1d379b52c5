"""The Authorization header: required here, forwarded by every stub, verified by each service."""

from fastapi import Security
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPBearer

from chassis.context import current_context
from chassis.identity import AccessTokenMissing, TokenVerifier


def verify_access_token(verifier: TokenVerifier | None) -> None:
    """Let the present request go on if it has an access token, valid as far as the edge can tell.

    Raises:
        AccessTokenMissing: It has none.
        Unauthenticated: The token is not valid.
    """
    context = current_context()
    if not context.token:
        raise AccessTokenMissing
    if verifier is not None and context.caller is None:
        verifier.verify(context.token)


class _Bearer(HTTPBearer):
    """Refuses a request without a valid token before a service is called."""

    async def __call__(self, request: HTTPConnection) -> None:
        verify_access_token(request.app.state.verifier)


require_access_token = Security(
    _Bearer(
        scheme_name="access token",
        bearerFormat="JWT",
        description="The `access_token` that signing in returned, or a personal access token.",
    )
)
"""For routers whose every route needs a caller: `Router(dependencies=[signed_in])`."""
