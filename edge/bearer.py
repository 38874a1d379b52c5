"""The Authorization header: required here, forwarded by every stub, verified by each service."""

from fastapi import Security
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPBearer

from chassis.context import current_context
from chassis.identity import AccessTokenMissing


class _Bearer(HTTPBearer):
    """Refuses a request without a token before a service is called."""

    async def __call__(self, request: HTTPConnection) -> None:
        if not current_context().token:
            raise AccessTokenMissing


require_access_token = Security(
    _Bearer(
        scheme_name="access token",
        bearerFormat="JWT",
        description="The `access_token` that signing in returned.",
    )
)
"""For routers whose every route needs a caller: `APIRouter(dependencies=[signed_in])`."""
