"""The addresses that check one habit in."""

from alembic import op

revision = "2026_11_25_quick_links"
down_revision = "2026_11_25_tombstones"


def upgrade() -> None:
    """Apply this revision."""
    op.execute("""
        CREATE TABLE habits.quick_links (
            id uuid PRIMARY KEY,
            owner_id uuid NOT NULL,
            habit_id uuid NOT NULL REFERENCES habits.habits ON DELETE CASCADE,
            secret_digest bytea NOT NULL UNIQUE,
            title text NOT NULL,
            amount bigint,
            create_time timestamptz NOT NULL,
            use_time timestamptz
        )""")
    op.execute("CREATE INDEX quick_links_owner ON habits.quick_links (owner_id, id)")
    op.execute("CREATE INDEX quick_links_habit ON habits.quick_links (habit_id)")


def downgrade() -> None:
    """Take this revision back."""
    op.execute("DROP TABLE habits.quick_links")
