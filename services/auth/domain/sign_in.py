"""What people ask for when they come in, and what they get."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.auth.domain.account import Account, Profile
from services.auth.domain.refresh_token import RefreshToken


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from."""

    device: str = ""
    """What the session is called in the list of sessions."""
    address: str = ""
    """The network address; failed attempts are limited by it. Empty when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Somebody wants an account."""

    email: str
    password: bytes = field(repr=False)
    profile: Profile
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody wants to sign in."""

    email: str
    password: bytes = field(repr=False)
    origin: Origin


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account with what its password is checked against."""

    account: Account
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed token, and how long it is good for."""

    text: str = field(repr=False)
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is in, and can prove it."""

    account: Account
    access_token: AccessToken
    refresh_token: RefreshToken = field(repr=False)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A refresh token was spent: for whom, what the next one is, and when it was spent first."""

    account_id: UUID
    refresh_token: RefreshToken = field(repr=False)
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A trusted service wants a token: to act for a person, or, with a scope, for itself."""

    secret: str = field(repr=False)
    actor: str
    account_id: UUID | None = None
    scope: str = ""
