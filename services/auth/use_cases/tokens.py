"""Tokens for services: to act for a person, or for themselves."""

import hmac
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import dao
from services.auth.domain.errors import AccountNotFound, DelegationSecretWrong, ScopeUnknown
from services.auth.domain.sign_in import AccessToken, Exchange
from services.auth.use_cases.desk import Desk

SCOPES = frozenset({"export"})
"""What a service's own token can be for."""


async def delegate(
    session: AsyncSession, desk: Desk, exchange: Exchange, *, now: datetime
) -> AccessToken:
    """Return a token for a trusted service: to act for a person, or for itself.

    Raises:
        DelegationSecretWrong: The service is not trusted, or none is.
        ScopeUnknown: It names neither an account nor a known scope.
        AccountNotFound: There is no such account.
    """
    expected = desk.delegation_secret
    if not expected or not hmac.compare_digest(exchange.secret.encode(), expected.encode()):
        raise DelegationSecretWrong
    if exchange.account_id is None:
        if exchange.scope not in SCOPES:
            raise ScopeUnknown(exchange.scope)
        return desk.issuer.for_service(exchange.actor, exchange.scope, now=now)
    account = await dao.find_account(session, exchange.account_id)
    if account is None:
        raise AccountNotFound
    return desk.issuer.for_actor(account, exchange.actor, now=now)
