"""SQL about the transactions that wrote rows, and about the database they were written in.

PostgreSQL keeps in every row 32 bits of the number of the transaction that wrote it (`xmin`).
"""

POSITION = """
    pg_snapshot_xmin(s)::text::bigint AS first_open,
        pg_snapshot_xmax(s)::text::bigint AS next_transaction"""
"""The first transaction that is open, or has not begun, and the next; of a snapshot `s`."""
IDENTITY = """
    (SELECT system_identifier FROM pg_control_system()) AS system,
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) AS timeline,
        'habits.days'::regclass::oid AS days_table"""
"""Which database this is: a restored or promoted one has another identifier, timeline or table."""


def distance(row: str, *, next_transaction: str) -> str:
    """Return how many transactions before the next one a row was written."""
    return f"(({next_transaction} - {row}.xmin::text::bigint) & 4294967295)"
