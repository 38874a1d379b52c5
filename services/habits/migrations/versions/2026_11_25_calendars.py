"""The addresses of calendars."""

from alembic import op

revision = "2026_11_25_calendars"
down_revision = "2026_11_25_imports"


def upgrade() -> None:
    """Apply this revision."""
    op.execute("""
        CREATE TABLE habits.calendars (
            owner_id uuid PRIMARY KEY,
            secret_digest bytea NOT NULL UNIQUE,
            create_time timestamptz NOT NULL
        )""")


def downgrade() -> None:
    """Take this revision back."""
    op.execute("DROP TABLE habits.calendars")
