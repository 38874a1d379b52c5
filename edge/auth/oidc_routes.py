"""`/v1/auth/oidc/start` and `/finish`: signing in at an OpenID provider."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from contracts.auth.v1.oidc_service_pb2 import FinishOidcSignInRequest, StartOidcSignInRequest
from edge.auth.devices import address_of, device_of
from edge.auth.schemas import Secret, SignedIn
from edge.auth.translate import signed_in_from_wire
from edge.clients import InjectedClients
from edge.openapi import refusals
from edge.schemas import RequestBody, ResponseBody

_NOT_CONFIGURED = (409, "OIDC_NOT_CONFIGURED", "No OpenID provider is configured.")

router = APIRouter(prefix="/v1/auth/oidc", tags=["accounts"])


class OidcStartBody(RequestBody):
    """A request to begin a sign-in at the OpenID provider."""

    redirect_uri: Annotated[str, Field(max_length=2048, examples=["https://habits.example/in"])]
    """Where the provider sends the browser back to; one of the addresses in the settings."""


class OidcStarted(ResponseBody):
    """A sign-in that has begun."""

    authorization_url: str
    """Where to send the browser."""
    browser_secret: str
    """Keep it in this browser (`sessionStorage`), and send it with the finish."""
    expires_in: int
    """How long the sign-in may take, in seconds."""


class OidcFinishBody(RequestBody):
    """A request to finish a sign-in with what the provider sent back."""

    state: Secret
    code: Annotated[str, Field(max_length=4096, repr=False)]
    iss: Annotated[str, Field(max_length=2048)] = ""
    """Where the provider sent it (RFC 9207)."""
    browser_secret: Secret


@router.post(
    "/start",
    responses=refusals(
        _NOT_CONFIGURED,
        (422, "REDIRECT_URI_UNKNOWN", "The settings do not list this address."),
    ),
)
async def start_oidc(
    body: OidcStartBody, response: Response, clients: InjectedClients
) -> OidcStarted:
    """Begin a sign-in at the OpenID provider (authorization code with PKCE)."""
    answer = await clients.oidc.StartOidcSignIn(
        StartOidcSignInRequest(redirect_uri=body.redirect_uri)
    )
    response.headers["Cache-Control"] = "no-store"
    return OidcStarted(
        authorization_url=answer.authorization_url,
        browser_secret=answer.browser_secret,
        expires_in=answer.expires_in_seconds,
    )


@router.post(
    "/finish",
    responses=refusals(
        _NOT_CONFIGURED,
        (401, "OIDC_SIGN_IN_FAILED", "The sign-in at the OpenID provider failed."),
        (409, "EMAIL_TAKEN", "There is an account with this email address already."),
        (429, "TOO_MANY_ATTEMPTS", "Too many attempts. Try again later."),
    ),
)
async def finish_oidc(
    body: OidcFinishBody, request: Request, response: Response, clients: InjectedClients
) -> SignedIn:
    """Finish a sign-in; the first one of a person creates their account."""
    answer = await clients.oidc.FinishOidcSignIn(
        FinishOidcSignInRequest(
            state=body.state,
            code=body.code,
            issuer=body.iss,
            browser_secret=body.browser_secret,
            device=device_of(request),
            client_address=address_of(request),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return signed_in_from_wire(answer.account, answer.tokens)
