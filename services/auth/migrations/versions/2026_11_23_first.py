"""The first tables: accounts, and the outbox."""

from alembic import op

from chassis.shared_tables import create_outbox

revision = "2026_11_23_first"
down_revision = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE auth.accounts (
            id uuid PRIMARY KEY,
            email text NOT NULL,
            email_key text NOT NULL UNIQUE,
            password_hash text NOT NULL,
            display_name text NOT NULL,
            timezone text NOT NULL,
            locale text NOT NULL,
            week_start text NOT NULL,
            day_start time NOT NULL,
            floor_date date,
            revision bigint NOT NULL,
            create_time timestamptz NOT NULL
        )""")
    create_outbox("auth")
