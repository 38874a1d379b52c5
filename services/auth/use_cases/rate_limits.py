"""Which rate limits a request counts against."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.auth.domain.errors import (
    CredentialsWrong,
    DelegationSecretWrong,
    OidcSignInFailed,
    PasswordWrong,
    PersonalTokenInvalid,
    SignInCodeInvalid,
)
from services.auth.domain.rate_limit import RateCounter, RatePolicy, RateStatus
from services.auth.use_cases.dependencies import AuthDependencies

_FAILURES = (
    OidcSignInFailed,
    CredentialsWrong,
    DelegationSecretWrong,
    PasswordWrong,
    PersonalTokenInvalid,
    SignInCodeInvalid,
)


@dataclass(slots=True)
class LimitedRequest:
    """A request that counts against rate limits, and what is left of them."""

    status: RateStatus | None
    """Of the limit with the least left; None when the request counts against none."""


@asynccontextmanager
async def limit_failures(
    dependencies: AuthDependencies, counters: Sequence[RateCounter]
) -> AsyncIterator[LimitedRequest]:
    """Count the block if it ends in a wrong password, code or token.

    Raises:
        TooManyAttempts: A limit was reached before.
    """
    status = await dependencies.rate_limiter.count(counters)
    try:
        yield LimitedRequest(status)
    except _FAILURES:
        raise
    except BaseException:
        await dependencies.rate_limiter.uncount(counters)
        raise
    await dependencies.rate_limiter.uncount(counters)


async def limit_requests(
    dependencies: AuthDependencies, policy: RatePolicy, key: str
) -> RateStatus | None:
    """Count a request whatever comes of it; an empty key counts nothing.

    Raises:
        TooManyAttempts: The limit was reached before.
    """
    return await dependencies.rate_limiter.count([RateCounter(policy, key)] if key else [])


async def sign_in_counters(
    dependencies: AuthDependencies, *, account: str, address: str
) -> Sequence[RateCounter]:
    """Return what a wrong password counts against.

    An address that the account was signed in from before has a counter of its own: those who guess
    from elsewhere do not lock the owner out at home.
    """
    policies = dependencies.policies
    counters = address_counters(dependencies, address)
    if address and await dependencies.rate_limiter.is_known_address(account, address):
        return [RateCounter(policies.known_address, f"{account} {address}"), *counters]
    return [RateCounter(policies.account, account), *counters]


def account_counters(dependencies: AuthDependencies, account: str) -> Sequence[RateCounter]:
    """Return what a wrong password of somebody signed in counts against."""
    return [RateCounter(dependencies.policies.known_address, account)]


def address_counters(dependencies: AuthDependencies, address: str) -> Sequence[RateCounter]:
    """Return what a failure from an address counts against; nothing for an unknown address."""
    return [RateCounter(dependencies.policies.address, address)] if address else []
