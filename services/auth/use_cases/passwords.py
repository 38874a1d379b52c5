"""Proving who one is, with a limit on failing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth import dao
from services.auth.domain.account import Account
from services.auth.domain.email import email_key
from services.auth.domain.errors import CredentialsWrong, EmailTaken, PasswordWrong
from services.auth.domain.sign_in import Credentials, Login, Registration
from services.auth.use_cases.desk import Desk

_FAILURES = (CredentialsWrong, PasswordWrong, EmailTaken)


@asynccontextmanager
async def limited(desk: Desk, *, account: str = "", address: str = "") -> AsyncIterator[None]:
    """Make an attempt in the block. It counts if it ends in a wrong password or a taken address.

    Raises:
        TooManyAttempts: Too many failed already.
    """
    await desk.attempts.count(account=account, address=address)
    try:
        yield
    except _FAILURES:
        raise
    except BaseException:
        await desk.attempts.take_back(account=account, address=address)
        raise
    await desk.attempts.take_back(account=account, address=address)


async def hash_password(desk: Desk, registration: Registration) -> str:
    """Return the hash that a new password is kept as.

    Raises:
        TooBusy: Too many sign in at once.
    """
    return await desk.hashing.hash(registration.password)


async def find_credentials(session: AsyncSession, login: Login) -> Credentials | None:
    """Return what the password of somebody who signs in is checked against."""
    return await dao.find_credentials_by_email(session, login.email)


async def check_password(desk: Desk, login: Login, credentials: Credentials | None) -> Account:
    """Return the account of somebody who signs in.

    Raises:
        CredentialsWrong: There is no such account, or the password is another. Both take as long.
        TooManyAttempts: Too many failed already.
        TooBusy: Too many sign in at once.
    """
    kept = credentials.password_hash if credentials else None
    async with limited(desk, account=email_key(login.email), address=login.origin.address):
        matches = await desk.hashing.matches(login.password, kept)
        if credentials is None or not matches:
            raise CredentialsWrong
    return credentials.account


async def prove_again(desk: Desk, credentials: Credentials, password: bytes) -> None:
    """Ask somebody who is signed in for the password again.

    Raises:
        PasswordWrong: It is another.
        TooManyAttempts: Too many failed already.
        TooBusy: Too many sign in at once.
    """
    async with limited(desk, account=str(credentials.account.id)):
        if not await desk.hashing.matches(password, credentials.password_hash):
            raise PasswordWrong
