"""The Authorization header: required here, forwarded by every stub, verified by each service."""

from fastapi import Security
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPBearer

from chassis.context import current_context
from chassis.identity import AccessTokenMissing, TokenVerifier


class _Bearer(HTTPBearer):
    """Refuses a request without a valid token before a service is called."""

    async def __call__(self, request: HTTPConnection) -> None:
        context = current_context()
        if not context.token:
            raise AccessTokenMissing
        verifier: TokenVerifier | None = request.app.state.verifier
        if verifier is not None and context.caller is None:
            verifier.verify(context.token)


require_access_token = Security(
    _Bearer(
        scheme_name="access token",
        bearerFormat="JWT",
        description="The `access_token` that signing in returned, or a personal access token.",
    )
)
"""For routers whose every route needs a caller: `APIRouter(dependencies=[signed_in])`."""
