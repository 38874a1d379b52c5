"""Signing in at an OpenID provider."""

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from services.auth.domain.errors import (
    OidcNotConfigured,
    OidcSignInFailed,
    RedirectUriUnknown,
)
from services.auth.domain.identity import Identity, PendingSignIn, ProviderAnswer
from services.auth.oidc import new_secret
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.rate_limits import address_counters, limit_failures

if TYPE_CHECKING:
    from services.auth.oidc.provider import OpenIdProvider


async def start_sign_in(dependencies: AuthDependencies, redirect_uri: str) -> tuple[str, str]:
    """Begin a sign-in; return where to send the browser, and the secret it must bring back.

    Raises:
        OidcNotConfigured: The settings name no provider.
        RedirectUriUnknown: The settings do not list the address.
    """
    provider = _provider(dependencies)
    if redirect_uri not in provider.settings.redirect_uris:
        raise RedirectUriUnknown
    state, browser_secret = new_secret(), new_secret()
    pending = PendingSignIn(
        redirect_uri=redirect_uri,
        nonce=new_secret(),
        code_verifier=new_secret(),
        browser_digest=_digest(browser_secret),
    )
    url = await provider.authorization_url(state, pending)
    await dependencies.pending_sign_ins.add(state, pending)
    return url, browser_secret


async def finish_sign_in(
    dependencies: AuthDependencies, answer: ProviderAnswer, *, address: str
) -> Identity:
    """Return whom the provider has authenticated.

    Raises:
        OidcNotConfigured: The settings name no provider.
        OidcSignInFailed: The sign-in was not begun by this browser, or the provider refuses it.
        TooManyAttempts: Too many attempts failed from this address before.
    """
    provider = _provider(dependencies)
    async with limit_failures(dependencies, address_counters(dependencies, address)):
        pending = await dependencies.pending_sign_ins.take(answer.state)
        if pending is None or not hmac.compare_digest(
            pending.browser_digest, _digest(answer.browser_secret)
        ):
            raise OidcSignInFailed
        if answer.issuer not in ("", provider.settings.issuer):
            raise OidcSignInFailed
        return await provider.identity(answer.code, pending)


def _provider(dependencies: AuthDependencies) -> "OpenIdProvider":
    if dependencies.openid_provider is None:
        raise OidcNotConfigured
    return dependencies.openid_provider


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
