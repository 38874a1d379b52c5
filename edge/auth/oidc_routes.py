"""`/v1/auth/sign-in-methods`, and `/v1/auth/oidc/…`: signing in at an OpenID provider."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from contracts.auth.v1.oidc_service_pb2 import (
    FinishOidcSignInRequest,
    GetSignInMethodsRequest,
    StartOidcSignInRequest,
)
from edge.auth.devices import address_of, device_of
from edge.auth.refusals import (
    EMAIL_TAKEN,
    OIDC_NOT_CONFIGURED,
    OIDC_SIGN_IN_FAILED,
    TOO_MANY_ATTEMPTS,
)
from edge.auth.schemas import Secret, SignedIn
from edge.auth.translate import signed_in_from_wire
from edge.clients import InjectedClients
from edge.json_bodies import Router
from edge.openapi import refusals
from edge.schemas import RequestBody, ResponseBody

router = Router(prefix="/v1/auth", tags=["accounts"])

_CACHED = "public, max-age=300"


class SignInMethods(ResponseBody):
    """The ways in which people can sign in here."""

    password: bool = True
    """With an email address and a password."""
    code: bool = True
    """With a code from the chat, or from another device."""
    oidc: bool
    """At an OpenID provider: begin at `/v1/auth/oidc/start`."""


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


@router.get("/sign-in-methods")
async def get_sign_in_methods(response: Response, clients: InjectedClients) -> SignInMethods:
    """Read in which ways people can sign in here. It changes with the settings only: cache it."""
    answer = await clients.oidc.GetSignInMethods(GetSignInMethodsRequest())
    response.headers["Cache-Control"] = _CACHED
    return SignInMethods(oidc=answer.oidc)


@router.post(
    "/oidc/start",
    responses=refusals(
        OIDC_NOT_CONFIGURED,
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
    "/oidc/finish",
    responses=refusals(
        OIDC_NOT_CONFIGURED,
        OIDC_SIGN_IN_FAILED,
        EMAIL_TAKEN,
        TOO_MANY_ATTEMPTS,
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
