"""Sign-in codes: from a chat to a browser, without a password."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.dao import accounts as dao
from services.auth.domain.account import Account
from services.auth.domain.account_event import EventKind
from services.auth.domain.errors import AccountNotFound, SignInCodeInvalid
from services.auth.domain.rate_limit import RateStatus
from services.auth.domain.sign_in_code import new_sign_in_code
from services.auth.use_cases.account_events import record_event
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.rate_limits import address_counters, limit_failures


async def create_sign_in_code(
    session: AsyncSession, dependencies: AuthDependencies, account_id: UUID, *, now: datetime
) -> str:
    """Return a code that signs the account in once.

    Raises:
        AccountNotFound: The account was deleted.
    """
    if await dao.find_account(session, account_id) is None:
        raise AccountNotFound
    code = new_sign_in_code()
    await dependencies.codes.add(code, account_id)
    await record_event(session, account_id, EventKind.SIGN_IN_CODE_CREATED, now=now)
    return code


async def take_sign_in_code(
    dependencies: AuthDependencies, code: str, *, address: str
) -> tuple[UUID, RateStatus | None]:
    """Use a code up, and return whose it is.

    Raises:
        SignInCodeInvalid: It was used, has expired, or never existed.
        TooManyAttempts: Too many attempts failed from this address before.
    """
    async with limit_failures(dependencies, address_counters(dependencies, address)) as limited:
        account_id = await dependencies.codes.take(code) if code else None
        if account_id is None:
            raise SignInCodeInvalid
    return account_id, limited.status


async def account_of_code(session: AsyncSession, account_id: UUID) -> Account:
    """Return the account that a code signs in.

    Raises:
        SignInCodeInvalid: The account was deleted meanwhile.
    """
    account = await dao.find_account(session, account_id)
    if account is None:
        raise SignInCodeInvalid
    return account
