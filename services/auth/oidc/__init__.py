"""Signing in at an OpenID provider: its settings.

`provider` speaks with it. It imports an HTTP client and two libraries of OAuth and JOSE, ten
megabytes that only an installation with a provider needs, so it is imported where one is set.
"""

import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """How this installation is known to its OpenID provider."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]


def new_secret() -> str:
    """Return 256 random bits as text: a state, a nonce, a code verifier, a browser's secret."""
    return secrets.token_urlsafe(32)
