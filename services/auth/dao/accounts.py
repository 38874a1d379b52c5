"""Queries of accounts."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.week_changes import week_changes_from_numbers, week_changes_to_numbers
from services.auth.domain.account import Account, Weekday
from services.auth.domain.email import email_key
from services.auth.domain.sign_in import Credentials
from services.auth.tables import ACCOUNTS


async def add_account(
    session: AsyncSession,
    account: Account,
    password_hash: str | None = None,
    *,
    request_id: UUID | None = None,
) -> bool:
    """Insert an account; return False when its email address or its request id is taken."""
    values = _row(account) | {"password_hash": password_hash, "request_id": request_id}
    statement = insert(ACCOUNTS).values(values).on_conflict_do_nothing()
    added = await session.scalar(statement.returning(ACCOUNTS.c.id))
    return added is not None


async def find_account_by_request(session: AsyncSession, request_id: UUID) -> Account | None:
    """Return the account that a chat's request created, or None."""
    query = select(ACCOUNTS).where(ACCOUNTS.c.request_id == request_id)
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else _account(row)


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


async def set_password_hash(
    session: AsyncSession, account_id: UUID, password_hash: str, *, replacing: str | None
) -> bool:
    """Store a password hash in place of another; return False when that one is not stored."""
    statement = (
        update(ACCOUNTS)
        .where(
            ACCOUNTS.c.id == account_id,
            ACCOUNTS.c.password_hash.is_not_distinct_from(replacing),
        )
        .values(password_hash=password_hash)
        .returning(ACCOUNTS.c.id)
    )
    return await session.scalar(statement) is not None


async def set_email(session: AsyncSession, account: Account) -> bool:
    """Store the email address and revision of an account; return False when the address is taken.

    The statement has a savepoint of its own, so that the transaction goes on after a refusal.
    """
    statement = (
        update(ACCOUNTS)
        .where(ACCOUNTS.c.id == account.id)
        .values(email=account.email, email_key=email_key(account.email), revision=account.revision)
    )
    try:
        async with session.begin_nested():
            await session.execute(statement)
    except IntegrityError:
        return False
    return True


async def delete_account(session: AsyncSession, account_id: UUID) -> bool:
    """Delete an account; return whether it existed."""
    statement = delete(ACCOUNTS).where(ACCOUNTS.c.id == account_id).returning(ACCOUNTS.c.id)
    return await session.scalar(statement) is not None


async def _find_credentials(session: AsyncSession, where: Any) -> Credentials | None:
    row = (await session.execute(select(ACCOUNTS).where(where))).mappings().one_or_none()
    return None if row is None else Credentials(_account(row), row["password_hash"])


def _row(account: Account) -> dict[str, Any]:
    email = account.email or None
    return asdict(account) | {
        "email": email,
        "email_key": email and email_key(email),
        "week_changes": week_changes_to_numbers(account.week_changes),
    }


def _account(row: RowMapping) -> Account:
    values = {name: row[name] for name in Account.__dataclass_fields__}
    read = {
        "email": row["email"] or "",
        "week_start": Weekday(row["week_start"]),
        "week_changes": week_changes_from_numbers(row["week_changes"]),
    }
    return Account(**values | read)
