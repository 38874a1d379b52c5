"""How current a person's numbers are: a revision, and when the last event was handled."""

from alembic import op

revision = "2026_11_25_as_of"
down_revision = "2026_11_25_languages"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE analytics.people
            ADD COLUMN revision bigint NOT NULL DEFAULT 0,
            ADD COLUMN change_time timestamptz
    """)
