"""The dependency container of the use cases; created once, in `__main__`."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.auth.cache import PendingSignIns, RateLimiter, Sessions, SignInCodes
from services.auth.domain.rate_limit import RatePolicies
from services.auth.use_cases.hasher import PasswordHasher
from services.auth.use_cases.issuer import TokenIssuer

if TYPE_CHECKING:
    from services.auth.oidc.provider import OpenIdProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthDependencies:
    """What use cases need beside a database transaction."""

    sessions: Sessions
    codes: SignInCodes
    rate_limiter: RateLimiter
    policies: RatePolicies
    password_hasher: PasswordHasher
    issuer: TokenIssuer
    pending_sign_ins: PendingSignIns
    openid_provider: "OpenIdProvider | None" = None
    """Where people may sign in instead of here; nowhere when None."""
    proxy_sign_in: bool = False
    """Whether the header of a trusted proxy signs people in."""
    proxy_creates_accounts: bool = True
    """Whether the first sign-in by a proxy creates an account."""
    delegation_secret: str | None = field(default=None, repr=False)
    """The secret of services that may act for people; none may when unset."""
