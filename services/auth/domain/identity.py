"""Identities at an OpenID provider, and sign-ins there that have begun."""

from dataclasses import dataclass, field
from datetime import timedelta

SIGN_IN_LIFETIME = timedelta(minutes=10)
"""How long a sign-in at the provider may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSignIn:
    """A sign-in at the provider that has begun."""

    redirect_uri: str
    nonce: str
    code_verifier: str = field(repr=False)
    browser_digest: str
    """SHA-256 of the secret that the browser must bring back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person as the provider has authenticated them."""

    issuer: str
    subject: str
    email: str
    """Empty unless the provider has verified it."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAnswer:
    """What the provider sent back with the browser."""

    state: str
    code: str = field(repr=False)
    issuer: str
    browser_secret: str = field(repr=False)
