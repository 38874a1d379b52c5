"""PostgreSQL for one process: transactions, and bare connections for hot statements.

Nothing connects before it is needed, so a process starts whether or not the database is up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from chassis import tracing
from chassis.errors import Unavailable

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    type Connection = PoolConnectionProxy[asyncpg.Record]
    type Pool = asyncpg.Pool[asyncpg.Record]
else:
    type Connection = Any
    type Pool = Any

_CONNECT_SECONDS = 3.0
_ACQUIRE_SECONDS = 3.0
_HEALTHY_SECONDS = 1.0
_CLOSE_SECONDS = 5.0
_STATEMENT_TIMEOUT = timedelta(seconds=5)

_LOST_ERRORS = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
# Another transaction holds a lock for long. A slow statement of our own, though, is a bug of ours.
_BUSY_ERRORS = (asyncpg.LockNotAvailableError,)


class Database:
    """One service's PostgreSQL, in two small pools of one process.

    Args:
        url: As libpq reads it: `postgresql://user@host:port/name`, or `?host=/socket/folder`.
        name: What the server calls our connections in its lists.
        pool_size: Connections for ordinary work (SQLAlchemy).
        hot_pool_size: Connections for hot statements (asyncpg).
        statement_timeout: Longest a statement may run; a lock is waited for half as long.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str = "habit-tracker",
        pool_size: int = 10,
        hot_pool_size: int = 4,
        statement_timeout: timedelta = _STATEMENT_TIMEOUT,
    ) -> None:
        self.url = url
        self._hot_pool_size = hot_pool_size
        milliseconds = int(statement_timeout.total_seconds() * 1000)
        self._server_settings = {
            "application_name": name,
            "statement_timeout": str(milliseconds),
            "lock_timeout": str(milliseconds // 2),
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
            "TimeZone": "UTC",
        }
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_ACQUIRE_SECONDS,
            pool_pre_ping=False,
            hide_parameters=True,
        )
        event.listen(self._engine.sync_engine, "checkout", _refuse_closed)
        self._hot: Pool | None = None
        self._opening_hot = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction: it commits at the end of the block and rolls back on any error.

        Raises:
            Unavailable: The database does not answer, or all connections stay busy.
        """
        try:
            async with (
                AsyncSession(self._engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        except PoolTimeout as error:
            raise Unavailable("All database connections are busy.") from error
        except asyncpg.InternalClientError as error:  # the connection broke between two answers
            raise Unavailable("The connection to the database is lost.") from error
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(_driver_error(error), _LOST_ERRORS):
                raise Unavailable("The database does not answer.") from error
            if isinstance(_driver_error(error), _BUSY_ERRORS):
                raise Unavailable("The database is busy.") from error
            raise

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Provide a bare asyncpg connection. Its session state is not reset: change none of it.

        Raises:
            Unavailable: The database does not answer, or all connections stay busy.
        """
        try:
            pool = self._hot or await self._open_hot()
            connection = await pool.acquire(timeout=_ACQUIRE_SECONDS)
        except TimeoutError as error:
            raise Unavailable("All database connections are busy.") from error
        except _LOST_ERRORS as error:
            raise Unavailable("The database does not answer.") from error
        try:
            yield connection
        except _BUSY_ERRORS as error:
            raise Unavailable("The database is busy.") from error
        except asyncpg.InternalClientError as error:  # the connection broke between two answers
            raise Unavailable("The connection to the database is lost.") from error
        except (*_LOST_ERRORS, asyncpg.InterfaceError) as error:
            if _is_closed(connection):
                raise Unavailable("The connection to the database is lost.") from error
            raise
        finally:
            if not _is_closed(connection) and connection.is_in_transaction():
                await connection.reset()
            await pool.release(connection)

    async def listen_connection(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Open a connection outside the pools, for LISTEN; the caller closes it.

        Raises:
            Unavailable: The database does not answer.
        """
        return await self._connect()

    async def healthy(self) -> bool:
        """Return whether the database answers at this moment."""
        try:
            async with asyncio.timeout(_HEALTHY_SECONDS), self.connection() as connection:
                return bool(await connection.fetchval("SELECT 1") == 1)
        except (Unavailable, TimeoutError, asyncpg.PostgresError):
            return False

    async def close(self) -> None:
        """Close every connection; those in use get a moment to finish."""
        if self._hot is not None:
            pool, self._hot = self._hot, None
            try:
                await asyncio.wait_for(pool.close(), _CLOSE_SECONDS)
            except TimeoutError:
                pool.terminate()
        await self._engine.dispose()

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[AsyncConnection]:
        """Provide a SQLAlchemy connection without a transaction, for migrations."""
        async with self._engine.connect() as connection:
            yield connection

    async def _connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        try:
            connection = await asyncpg.connect(
                self.url, timeout=_CONNECT_SECONDS, server_settings=self._server_settings
            )
        except _LOST_ERRORS as error:
            raise Unavailable("The database does not answer.") from error
        await _trace(connection)
        return connection

    async def _open_hot(self) -> Pool:
        async with self._opening_hot:
            if self._hot is None:
                self._hot = await asyncpg.create_pool(
                    self.url,
                    min_size=0,
                    max_size=self._hot_pool_size,
                    timeout=_CONNECT_SECONDS,
                    server_settings=self._server_settings,
                    init=_trace,
                    reset=_skip_reset,
                )
            return self._hot


async def driver_connection(session: AsyncSession) -> Connection:
    """Return the bare asyncpg connection of a session whose transaction has begun."""
    raw = await (await session.connection()).get_raw_connection()
    return cast("Connection", raw.driver_connection)


async def _trace(connection: Any) -> None:
    """Record a span for each statement, where spans are collected."""
    if tracing.active():
        connection.add_query_logger(tracing.statement_ran)


def _refuse_closed(connection: Any, *_: object) -> None:
    """Have the pool replace a connection that the server closed, as at its restart, before use."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def _skip_reset(_: object) -> None:
    """Skip the pool's RESET on every release: our statements change no session state."""


def _is_closed(connection: Connection) -> bool:
    """Return whether the connection is closed; the pool then discards it by itself."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


def _driver_error(error: DBAPIError) -> BaseException | None:
    """Return asyncpg's own error from under SQLAlchemy's."""
    return error.orig.__cause__ if error.orig is not None else None
