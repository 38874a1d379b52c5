"""Values of registration, sign-in, token refresh and token exchange."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.auth.domain.account import Account, Profile
from services.auth.domain.client import ClientInfo
from services.auth.domain.refresh_token import RefreshToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A command: create an account."""

    email: str
    password: bytes = field(repr=False)
    profile: Profile
    client: ClientInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A command: sign in with a password."""

    email: str
    password: bytes = field(repr=False)
    client: ClientInfo


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account with its password hash; None for an account without a password."""

    account: Account
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed access token and its lifetime."""

    text: str = field(repr=False)
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class SignInResult:
    """A successful sign-in: the account and its tokens."""

    account: Account
    access_token: AccessToken
    refresh_token: RefreshToken = field(repr=False)


@dataclass(frozen=True, slots=True)
class RotatedToken:
    """A rotated refresh token: its account, its successor, and when it was first rotated."""

    account_id: UUID
    refresh_token: RefreshToken = field(repr=False)
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExchange:
    """A command: issue a token to a service, for an account or for the service itself."""

    secret: str = field(repr=False)
    actor: str
    account_id: UUID | None = None
    """For whom the service acts; None for the service itself."""
    scopes: frozenset[str] = frozenset()
    """What the token may do. Acting for an account, none means everything."""
