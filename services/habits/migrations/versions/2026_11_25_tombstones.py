"""Tombstones of habits and pauses."""

from alembic import op

revision = "2026_11_25_tombstones"
down_revision = "2026_11_25_calendars"


def upgrade() -> None:
    """Apply this revision."""
    op.execute("""
        CREATE TABLE habits.tombstones (
            owner_id uuid NOT NULL,
            id uuid NOT NULL,
            kind smallint NOT NULL,
            delete_time timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (owner_id, id)
        )""")
    op.execute("CREATE INDEX tombstones_by_age ON habits.tombstones (delete_time)")


def downgrade() -> None:
    """Take this revision back."""
    op.execute("DROP TABLE habits.tombstones")
