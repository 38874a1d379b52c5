"""The lock that lets one process at a time process due reminders, and is released with it."""

from datetime import timedelta

from chassis.database import Connection

_LEADER_LOCK = 0x72656D69  # any number that no other advisory lock of the database has
SILENCE = timedelta(seconds=8)
"""How long a process may be silent before what it has locked is taken from it."""
_SILENCE = f"{SILENCE.total_seconds():.0f}s"
_LEAD = """
SELECT is_leader FROM (SELECT pg_try_advisory_lock($1::bigint) AS is_leader) l,
    LATERAL (SELECT CASE WHEN is_leader
        THEN set_config('idle_session_timeout', $2, false) END) s"""
_STOP_LEADING = f"""
    SET idle_session_timeout = 0; SELECT pg_advisory_unlock({_LEADER_LOCK})"""
_LIMIT_SILENCE = f"SET LOCAL idle_in_transaction_session_timeout = '{_SILENCE}'"


async def try_to_lead(connection: Connection) -> bool:
    """Become the one that processes due reminders; return False if another does.

    The lock belongs to the connection: a process that is killed loses it at once, and one that is
    frozen when the server has not heard of it for `SILENCE`.
    """
    return bool(await connection.fetchval(_LEAD, _LEADER_LOCK, _SILENCE))


async def stop_leading(connection: Connection) -> None:
    """Let another process due reminders."""
    await connection.execute(_STOP_LEADING)


async def limit_silence(connection: Connection) -> None:
    """Have the server end this transaction when the process is silent in it, as when frozen."""
    await connection.execute(_LIMIT_SILENCE)
