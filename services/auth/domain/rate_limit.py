"""Rate limits: how often something may be tried within a window of time."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """So many requests in a window; further ones wait for its end."""

    name: str
    """As the HTTP field `RateLimit-Policy` calls it."""
    quota: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class RateCounter:
    """What a policy counts: the requests of one account, address or session."""

    policy: RatePolicy
    key: str
    """The account, address or session. Stored as a digest."""


@dataclass(frozen=True, slots=True)
class RateStatus:
    """How much of a policy is left for a counter."""

    policy: RatePolicy
    remaining: int
    reset: timedelta
    """When the present window ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePolicies:
    """The rate limits of auth."""

    account: RatePolicy
    """Wrong passwords for one account, from addresses it was never signed in from."""
    known_address: RatePolicy
    """Wrong passwords for one account from one address that it was signed in from before."""
    address: RatePolicy
    """Wrong passwords, codes and tokens from one address, for any account."""
    registration: RatePolicy
    """Registrations from one address, whether they succeed or not."""
    refresh: RatePolicy
    """Refreshes of one session."""
    exchange: RatePolicy
    """Wrong delegation secrets from one peer."""
