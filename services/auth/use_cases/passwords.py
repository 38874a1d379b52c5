"""Passwords: sign-in, proving it again, changing it, and setting the first one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.dao import accounts as dao
from services.auth.domain.account import Account
from services.auth.domain.account_event import EventKind
from services.auth.domain.email import email_key
from services.auth.domain.errors import (
    AccountNotFound,
    CredentialsWrong,
    EmailTaken,
    PasswordAlreadySet,
    PasswordNotSet,
    PasswordWrong,
)
from services.auth.domain.password import refuse_guessable
from services.auth.domain.rate_limit import RateStatus
from services.auth.domain.sign_in import Credentials, Login
from services.auth.use_cases.account_events import record_event
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.rate_limits import account_counters, limit_failures, sign_in_counters


async def hash_new_password(dependencies: AuthDependencies, password: bytes, *, email: str) -> str:
    """Return the hash of a new password.

    Raises:
        PasswordCommon: It is among the most common ones.
        PasswordContainsEmail: It holds the name in the email address.
        PasswordContainsProduct: It holds the name of this product.
        TooBusy: Too many sign in at once.
    """
    refuse_guessable(password, email=email)
    return await dependencies.password_hasher.hash(password)


async def find_credentials(session: AsyncSession, login: Login) -> Credentials | None:
    """Return the account and password hash of an email address, or None."""
    return await dao.find_credentials_by_email(session, login.email)


async def get_credentials(session: AsyncSession, account_id: UUID) -> Credentials:
    """Return the account and the password hash of a signed-in person.

    Raises:
        AccountNotFound: The account was deleted.
    """
    credentials = await dao.find_credentials(session, account_id)
    if credentials is None:
        raise AccountNotFound
    return credentials


async def check_login(
    dependencies: AuthDependencies, login: Login, credentials: Credentials | None
) -> tuple[Credentials, RateStatus | None]:
    """Check the password of a login.

    Returns:
        The credentials that were proven, and what is left of the limit on wrong passwords.

    Raises:
        CredentialsWrong: There is no such account, or the password is wrong. Both take as long.
        TooManyAttempts: Too many attempts failed before.
        TooBusy: Too many sign in at once.
    """
    account, address = email_key(login.email), login.client.address
    stored = credentials.password_hash if credentials else None
    counters = await sign_in_counters(dependencies, account=account, address=address)
    async with limit_failures(dependencies, counters) as limited:
        matches = await dependencies.password_hasher.matches(login.password, stored)
        if credentials is None or not matches:
            raise CredentialsWrong(credentials.account.id if credentials else None)
    if address:
        await dependencies.rate_limiter.remember_address(account, address)
    return credentials, limited.status


async def upgraded_hash(
    dependencies: AuthDependencies, login: Login, credentials: Credentials
) -> str | None:
    """Return a new hash of a password just proven, if the stored one is of an older scheme."""
    stored = credentials.password_hash
    if stored is None or dependencies.password_hasher.is_current(stored):
        return None
    return await dependencies.password_hasher.hash(login.password)


async def store_upgraded_hash(
    session: AsyncSession, credentials: Credentials, upgraded: str | None
) -> None:
    """Replace an older hash, unless the password was changed meanwhile."""
    if upgraded is not None:
        await dao.set_password_hash(
            session, credentials.account.id, upgraded, replacing=credentials.password_hash
        )


async def reauthenticate(
    dependencies: AuthDependencies, credentials: Credentials, password: bytes
) -> None:
    """Check the password of a signed-in person again.

    Raises:
        PasswordNotSet: The account has none.
        PasswordWrong: It is wrong.
        TooManyAttempts: Too many attempts failed before.
        TooBusy: Too many sign in at once.
    """
    if credentials.password_hash is None:
        raise PasswordNotSet
    counters = account_counters(dependencies, str(credentials.account.id))
    async with limit_failures(dependencies, counters):
        if not await dependencies.password_hasher.matches(password, credentials.password_hash):
            raise PasswordWrong


def refuse_second_password(credentials: Credentials) -> None:
    """Refuse to set a first password where there is one.

    Raises:
        PasswordAlreadySet: The account has a password.
    """
    if credentials.password_hash is not None:
        raise PasswordAlreadySet


async def change_password(
    session: AsyncSession, credentials: Credentials, new_hash: str, *, now: datetime
) -> None:
    """Store a new password in place of the one just proven.

    Raises:
        PasswordWrong: The password was changed meanwhile.
    """
    account = credentials.account
    if not await dao.set_password_hash(
        session, account.id, new_hash, replacing=credentials.password_hash
    ):
        raise PasswordWrong
    await record_event(session, account.id, EventKind.PASSWORD_CHANGED, now=now)


async def change_email(
    session: AsyncSession, account_id: UUID, email: str, *, now: datetime
) -> Account:
    """Store a new email address.

    Raises:
        AccountNotFound: The account was deleted.
        EmailTaken: Another account has the address.
    """
    account = await dao.find_account(session, account_id, lock=True)
    if account is None:
        raise AccountNotFound
    changed = account.with_email(email)
    if not await dao.set_email(session, changed):
        raise EmailTaken
    await record_event(session, account_id, EventKind.EMAIL_CHANGED, now=now)
    return changed


async def set_credentials(
    session: AsyncSession, account_id: UUID, email: str, new_hash: str, *, now: datetime
) -> Account:
    """Store the first email address and password of an account that was created without.

    Raises:
        AccountNotFound: The account was deleted.
        EmailTaken: Another account has the address.
        PasswordAlreadySet: The account has a password.
    """
    account = await dao.find_account(session, account_id, lock=True)
    if account is None:
        raise AccountNotFound
    if not await dao.set_password_hash(session, account_id, new_hash, replacing=None):
        raise PasswordAlreadySet
    changed = account.with_email(email)
    if not await dao.set_email(session, changed):
        raise EmailTaken
    await record_event(session, account_id, EventKind.CREDENTIALS_SET, now=now)
    return changed
