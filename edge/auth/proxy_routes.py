"""`/v1/auth/proxy` and `/v1/me/proxy`: signing in by the header of a trusted proxy."""

from typing import cast

from fastapi import Request, Response

from contracts.auth.v1.proxy_sign_in_service_pb2 import LinkProxyUserRequest, SignInByProxyRequest
from edge.auth.devices import address_of, device_of
from edge.auth.errors import ProxyNotTrusted, ProxySignInNotConfigured, ProxyUserMissing
from edge.auth.refusals import EMAIL_TAKEN, TOO_MANY_ATTEMPTS
from edge.auth.schemas import SignedIn
from edge.auth.translate import signed_in_from_wire
from edge.bearer import require_access_token
from edge.clients import InjectedClients
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED, refusals
from edge.proxies import TrustedProxies
from edge.settings import EdgeSettings

_NOT_CONFIGURED = (409, "PROXY_SIGN_IN_NOT_CONFIGURED", "Signing in by a proxy is off.")
_NOT_TRUSTED = (403, "PROXY_NOT_TRUSTED", "The request does not come from a trusted proxy.")
_USER_MISSING = (401, "PROXY_USER_MISSING", "The proxy names nobody.")

router = Router(tags=["accounts"])


def _user_of(request: Request) -> str:
    """Return whom a trusted proxy names.

    Raises:
        ProxySignInNotConfigured: It is off.
        ProxyNotTrusted: The connection is none of a trusted proxy.
        ProxyUserMissing: The proxy names nobody, or several.
    """
    proxies = cast("TrustedProxies | None", request.app.state.trusted_proxies)
    if proxies is None:
        raise ProxySignInNotConfigured
    if not proxies.include(request.scope):
        raise ProxyNotTrusted
    user = proxies.user_of(request.headers)
    if not user:
        raise ProxyUserMissing
    return user


def _secret(request: Request) -> str:
    return cast("EdgeSettings", request.app.state.settings).delegation_secret or ""


@router.post(
    "/v1/auth/proxy",
    responses=refusals(
        _NOT_CONFIGURED,
        _NOT_TRUSTED,
        _USER_MISSING,
        (403, "PROXY_USER_UNKNOWN", "No account is linked to the user that the proxy names."),
        EMAIL_TAKEN,
        (422, "PROXY_USER_MALFORMED", "The proxy names a user that cannot be one."),
        TOO_MANY_ATTEMPTS,
    ),
)
async def sign_in_by_proxy(
    request: Request, response: Response, clients: InjectedClients
) -> SignedIn:
    """Sign in whom the proxy before this server has authenticated; the first time may create it."""
    user = _user_of(request)
    answer = await clients.proxy_sign_in.SignInByProxy(
        SignInByProxyRequest(
            delegation_secret=_secret(request),
            user=user,
            device=device_of(request),
            client_address=address_of(request),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return signed_in_from_wire(answer.account, answer.tokens)


@router.post(
    "/v1/me/proxy",
    status_code=204,
    dependencies=[require_access_token],
    responses=UNAUTHENTICATED
    | refusals(
        _NOT_CONFIGURED,
        _NOT_TRUSTED,
        _USER_MISSING,
        (409, "IDENTITY_TAKEN", "This identity is linked to another account already."),
        (422, "PROXY_USER_MALFORMED", "The proxy names a user that cannot be one."),
        TOO_MANY_ATTEMPTS,
    ),
)
async def link_proxy_user(request: Request, clients: InjectedClients) -> None:
    """Link whom the proxy names to this account: the proxy signs them in to it from now on."""
    user = _user_of(request)
    await clients.proxy_sign_in.LinkProxyUser(
        LinkProxyUserRequest(delegation_secret=_secret(request), user=user)
    )
