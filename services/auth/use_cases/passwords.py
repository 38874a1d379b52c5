"""Password checks, with the rate limit on failed attempts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import dao
from services.auth.domain.account import Account
from services.auth.domain.email import email_key
from services.auth.domain.errors import CredentialsWrong, EmailTaken, PasswordWrong
from services.auth.domain.sign_in import Credentials, Login, Registration
from services.auth.use_cases.dependencies import AuthDependencies

_FAILURES = (CredentialsWrong, PasswordWrong, EmailTaken)


@asynccontextmanager
async def limit_attempts(
    dependencies: AuthDependencies, *, account: str = "", address: str = ""
) -> AsyncIterator[None]:
    """Count the block as an attempt if it ends in a wrong password or a taken address.

    Raises:
        TooManyAttempts: Too many attempts failed before.
    """
    await dependencies.login_limiter.count(account=account, address=address)
    try:
        yield
    except _FAILURES:
        raise
    except BaseException:
        await dependencies.login_limiter.uncount(account=account, address=address)
        raise
    await dependencies.login_limiter.uncount(account=account, address=address)


async def hash_password(dependencies: AuthDependencies, registration: Registration) -> str:
    """Return the hash of a new password.

    Raises:
        TooBusy: Too many sign in at once.
    """
    return await dependencies.password_hasher.hash(registration.password)


async def find_credentials(session: AsyncSession, login: Login) -> Credentials | None:
    """Return the account and password hash of an email address, or None."""
    return await dao.find_credentials_by_email(session, login.email)


async def check_password(
    dependencies: AuthDependencies, login: Login, credentials: Credentials | None
) -> Account:
    """Check the password of a login and return the account.

    Raises:
        CredentialsWrong: There is no such account, or the password is wrong. Both take as long.
        TooManyAttempts: Too many attempts failed before.
        TooBusy: Too many sign in at once.
    """
    stored = credentials.password_hash if credentials else None
    async with limit_attempts(
        dependencies, account=email_key(login.email), address=login.client.address
    ):
        matches = await dependencies.password_hasher.matches(login.password, stored)
        if credentials is None or not matches:
            raise CredentialsWrong
    return credentials.account


async def reauthenticate(
    dependencies: AuthDependencies, credentials: Credentials, password: bytes
) -> None:
    """Check the password of a signed-in person again.

    Raises:
        PasswordWrong: It is wrong.
        TooManyAttempts: Too many attempts failed before.
        TooBusy: Too many sign in at once.
    """
    async with limit_attempts(dependencies, account=str(credentials.account.id)):
        if not await dependencies.password_hasher.matches(password, credentials.password_hash):
            raise PasswordWrong
