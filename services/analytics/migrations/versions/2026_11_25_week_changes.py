"""When the first day of a person's week was changed."""

from alembic import op

revision = "2026_11_25_week_changes"
down_revision = "analytics_first"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE analytics.people ADD COLUMN week_changes integer[] NOT NULL DEFAULT '{}'"
    )
