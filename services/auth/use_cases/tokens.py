"""Token exchange: access tokens for services, to act for a person or for themselves."""

import hmac
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import dao
from services.auth.domain.errors import AccountNotFound, DelegationSecretWrong, ScopeUnknown
from services.auth.domain.sign_in import AccessToken, TokenExchange
from services.auth.use_cases.dependencies import AuthDependencies

SCOPES = frozenset({"export"})
"""The scopes that a service may ask for itself."""


async def exchange_token(
    session: AsyncSession, dependencies: AuthDependencies, exchange: TokenExchange, *, now: datetime
) -> AccessToken:
    """Return an access token for a trusted service.

    Raises:
        DelegationSecretWrong: The secret is wrong, or none is set.
        ScopeUnknown: It names neither an account nor a known scope.
        AccountNotFound: There is no such account.
    """
    expected = dependencies.delegation_secret
    if not expected or not hmac.compare_digest(exchange.secret.encode(), expected.encode()):
        raise DelegationSecretWrong
    if exchange.account_id is None:
        if exchange.scope not in SCOPES:
            raise ScopeUnknown(exchange.scope)
        return dependencies.issuer.for_service(exchange.actor, exchange.scope, now=now)
    account = await dao.find_account(session, exchange.account_id)
    if account is None:
        raise AccountNotFound
    return dependencies.issuer.for_actor(account, exchange.actor, now=now)
