"""The OpenID provider: discovery, the authorization address, the code exchange, the ID token.

authlib speaks OAuth 2.0 with PKCE; joserfc verifies the ID token against the provider's keys.
"""

import time
from collections.abc import Mapping
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.errors import Unavailable
from services.auth.domain.email import read_email
from services.auth.domain.errors import EmailMalformed, OidcSignInFailed
from services.auth.domain.identity import Identity, PendingSignIn
from services.auth.oidc import ProviderSettings

try:  # authlib takes it where it is installed
    from httpx2 import HTTPError as ExchangeError
except ImportError:
    from httpx import HTTPError as ExchangeError  # type: ignore[assignment]

_ALGORITHMS = ["RS256", "ES256", "Ed25519", "PS256"]
_SCOPE = "openid email profile"
_TIMEOUT_SECONDS = 5.0
_DISCOVERY_SECONDS = 300.0
_LEEWAY_SECONDS = 60


class OpenIdProvider:
    """Speaks with one OpenID provider."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._metadata: Mapping[str, Any] = {}
        self._read_again_at = 0.0

    async def authorization_url(self, state: str, pending: PendingSignIn) -> str:
        """Return where to send the browser.

        Raises:
            Unavailable: The provider does not answer.
        """
        metadata = await self._discover()
        async with self._client(pending.redirect_uri) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=state,
                nonce=pending.nonce,
                code_verifier=pending.code_verifier,
            )
        return str(url)

    async def identity(self, code: str, pending: PendingSignIn) -> Identity:
        """Exchange a code, and return whom the ID token is about.

        Raises:
            OidcSignInFailed: The provider refuses the code, or the ID token is not for us.
            Unavailable: The provider does not answer.
        """
        metadata = await self._discover()
        try:
            async with self._client(pending.redirect_uri) as client:
                token = await client.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=pending.code_verifier
                )
                keys = KeySet.import_key_set(
                    (await client.request("GET", metadata["jwks_uri"], withhold_token=True)).json()
                )
            claims = self._verified(token["id_token"], keys, pending.nonce)
        except (httpx.HTTPError, ExchangeError) as error:
            raise Unavailable("The OpenID provider does not answer.") from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
            raise OidcSignInFailed from error
        return Identity(
            issuer=self.settings.issuer,
            subject=str(claims["sub"]),
            email=_verified_email(claims),
            name=str(claims.get("name", "")),
        )

    def _verified(self, id_token: str, keys: KeySet, nonce: str) -> Mapping[str, Any]:
        claims: dict[str, Any] = jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(claims)
        return claims

    async def _discover(self) -> Mapping[str, Any]:
        if time.monotonic() < self._read_again_at:
            return self._metadata
        url = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
                answer = (await client.get(url)).raise_for_status()
            metadata: Mapping[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("The OpenID provider does not answer.") from error
        if metadata.get("issuer") != self.settings.issuer:
            raise Unavailable("The OpenID provider names another issuer than the settings.")
        self._metadata, self._read_again_at = metadata, time.monotonic() + _DISCOVERY_SECONDS
        return metadata

    def _client(self, redirect_uri: str) -> Any:
        return AsyncOAuth2Client(
            self.settings.client_id,
            self.settings.client_secret,
            scope=_SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
        )


def _verified_email(claims: Mapping[str, Any]) -> str:
    """Return the email address, if the provider says that it has verified it."""
    if claims.get("email_verified") is not True:
        return ""
    try:
        return read_email(str(claims.get("email", "")))
    except EmailMalformed:
        return ""
