"""Signing in whom a proxy before the edge has authenticated."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain.account import Account
from services.auth.domain.errors import ProxySignInOff, ProxyUserUnknown
from services.auth.domain.identity import Identity
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.identities import find_account, get_or_create_account
from services.auth.use_cases.tokens import authorize_service


async def authorize_proxy(dependencies: AuthDependencies, secret: str, *, peer: str) -> None:
    """Check that the edge asks, which alone sees from which address a header came.

    Raises:
        ProxySignInOff: The settings do not allow it.
        DelegationSecretWrong: It is wrong, or none is set.
        TooManyAttempts: The peer has sent too many wrong ones.
    """
    if not dependencies.proxy_sign_in:
        raise ProxySignInOff
    await authorize_service(dependencies, secret, peer=peer)


async def account_of_proxy_user(
    session: AsyncSession, dependencies: AuthDependencies, identity: Identity, *, now: datetime
) -> Account:
    """Return the account of whom the proxy names; the first sign-in creates it, if it may.

    Raises:
        ProxyUserUnknown: There is none, and the settings create none.
        EmailTaken: An account that is not linked to this user has the email address.
    """
    if dependencies.proxy_creates_accounts:
        return await get_or_create_account(session, identity, now=now)
    account = await find_account(session, identity)
    if account is None:
        raise ProxyUserUnknown
    return account
