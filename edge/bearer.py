"""The Authorization header: asked for here, passed on by every stub, verified by each service."""

from fastapi import Security
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPBearer

from chassis.context import current_context
from chassis.identity import AccessTokenMissing


class _Bearer(HTTPBearer):
    """Refuses a request without a token before it costs a hop; in the OpenAPI, a padlock."""

    async def __call__(self, request: HTTPConnection) -> None:
        if not current_context().token:
            raise AccessTokenMissing


signed_in = Security(
    _Bearer(
        scheme_name="access token",
        bearerFormat="JWT",
        description="The `access_token` that signing in returned.",
    )
)
"""For routers whose every route needs a caller: `APIRouter(dependencies=[signed_in])`."""
