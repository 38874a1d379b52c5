"""Every query: domain values in and out, never commits."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain.account import Account, Weekday
from services.auth.domain.email import email_key
from services.auth.domain.sign_in import Credentials
from services.auth.tables import ACCOUNTS


async def add_account(session: AsyncSession, account: Account, password_hash: str) -> bool:
    """Insert a new account; return False when its email address is taken."""
    values = _row(account) | {"password_hash": password_hash}
    statement = insert(ACCOUNTS).values(values).on_conflict_do_nothing()
    added = await session.scalar(statement.returning(ACCOUNTS.c.id))
    return added is not None


async def find_account(
    session: AsyncSession, account_id: UUID, *, lock: bool = False
) -> Account | None:
    """Return an account or None; `lock` takes a row lock until the transaction ends."""
    query = select(ACCOUNTS).where(ACCOUNTS.c.id == account_id)
    if lock:
        query = query.with_for_update()
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else _account(row)


async def find_credentials_by_email(session: AsyncSession, email: str) -> Credentials | None:
    """Return the account of an email address, compared without regard to case."""
    return await _find_credentials(session, ACCOUNTS.c.email_key == email_key(email))


async def find_credentials(session: AsyncSession, account_id: UUID) -> Credentials | None:
    """Return an account with its password hash."""
    return await _find_credentials(session, ACCOUNTS.c.id == account_id)


async def update_account(session: AsyncSession, account: Account) -> None:
    """Update the row of an account."""
    await session.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(_row(account)))


async def delete_account(session: AsyncSession, account_id: UUID) -> bool:
    """Delete an account; return whether it existed."""
    statement = delete(ACCOUNTS).where(ACCOUNTS.c.id == account_id).returning(ACCOUNTS.c.id)
    return await session.scalar(statement) is not None


async def _find_credentials(session: AsyncSession, where: Any) -> Credentials | None:
    row = (await session.execute(select(ACCOUNTS).where(where))).mappings().one_or_none()
    return None if row is None else Credentials(_account(row), row["password_hash"])


def _row(account: Account) -> dict[str, Any]:
    return asdict(account) | {"email_key": email_key(account.email)}


def _account(row: RowMapping) -> Account:
    values = {name: row[name] for name in Account.__dataclass_fields__}
    return Account(**values | {"week_start": Weekday(row["week_start"])})
