"""Token exchange (RFC 8693): access tokens for services, to act for a person or for themselves."""

import hmac
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.dao import accounts as dao
from services.auth.domain.errors import (
    AccountNotFound,
    ActorUnknown,
    DelegationSecretWrong,
    ScopeUnknown,
)
from services.auth.domain.rate_limit import RateCounter
from services.auth.domain.scopes import ACTORS, ACTORS_OF_PROCESSES, PERSON_SCOPES, SERVICE_SCOPES
from services.auth.domain.sign_in import AccessToken, TokenExchange
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.rate_limits import limit_failures


async def authorize_service(dependencies: AuthDependencies, secret: str, *, peer: str) -> None:
    """Check the secret of a service that acts for people.

    Raises:
        DelegationSecretWrong: It is wrong, or none is set.
        TooManyAttempts: The peer has sent too many wrong ones.
    """
    expected = dependencies.delegation_secret
    counters = [RateCounter(dependencies.policies.exchange, peer)]
    async with limit_failures(dependencies, counters):
        if not expected or not hmac.compare_digest(secret.encode(), expected.encode()):
            raise DelegationSecretWrong


def require_own_actor(actor: str, peer_name: str) -> None:
    """Check that a process exchanges tokens for itself, by its certificate.

    Raises:
        ActorUnknown: The certificate is of another process. Without mutual TLS there is none.
    """
    if peer_name and actor not in (peer_name, ACTORS_OF_PROCESSES.get(peer_name)):
        raise ActorUnknown(actor)


async def exchange_token(
    session: AsyncSession, dependencies: AuthDependencies, exchange: TokenExchange, *, now: datetime
) -> AccessToken:
    """Return an access token for a trusted service.

    Raises:
        ActorUnknown: No service of this name may exchange tokens.
        ScopeUnknown: There is no such scope, or the service may not have it for itself.
        AccountNotFound: There is no such account.
    """
    if exchange.actor not in ACTORS:
        raise ActorUnknown(exchange.actor)
    allowed = SERVICE_SCOPES if exchange.account_id is None else PERSON_SCOPES
    for scope in sorted(exchange.scopes):
        if scope not in allowed:
            raise ScopeUnknown(scope)
    if exchange.account_id is None:
        if not exchange.scopes:
            raise ScopeUnknown("")
        return dependencies.issuer.for_service(exchange.actor, exchange.scopes, now=now)
    account = await dao.find_account(session, exchange.account_id)
    if account is None:
        raise AccountNotFound
    scopes = exchange.scopes or None
    return dependencies.issuer.for_actor(account, exchange.actor, scopes, now=now)
