"""Positions that are unique, and an etag that does not change with them."""

from alembic import op

revision = "2026_11_25_positions"
down_revision = "2026_11_25_week_changes"

STATEMENTS = (
    "ALTER TABLE habits.habits ADD COLUMN content_revision bigint NOT NULL DEFAULT 1",
    "LOCK TABLE habits.habits IN SHARE ROW EXCLUSIVE MODE",
    # Concurrent creations could get the same position: those are spread, the order stays.
    """
    UPDATE habits.habits h SET position = n.position, content_revision = h.revision
    FROM (
        SELECT id, row_number() OVER (PARTITION BY owner_id ORDER BY position, id) - 1 AS position
        FROM habits.habits
    ) n
    WHERE n.id = h.id""",
    # Deferred: a new order is written row by row.
    """
    ALTER TABLE habits.habits ADD CONSTRAINT habits_position
    UNIQUE (owner_id, position) DEFERRABLE INITIALLY DEFERRED""",
    "DROP INDEX habits.habits_by_owner",
)


def upgrade() -> None:
    """Apply this revision."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Undo this revision."""
    op.execute("CREATE INDEX habits_by_owner ON habits.habits (owner_id, position, id)")
    op.execute("ALTER TABLE habits.habits DROP CONSTRAINT habits_position")
    op.execute("ALTER TABLE habits.habits DROP COLUMN content_revision")
