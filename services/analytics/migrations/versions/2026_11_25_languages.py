"""The language of a person, and the recommendation that a report mentions."""

from alembic import op

revision = "2026_11_25_languages"
down_revision = "2026_11_25_week_changes"


def upgrade() -> None:
    op.execute("ALTER TABLE analytics.people ADD COLUMN locale text NOT NULL DEFAULT 'en'")
    op.execute("ALTER TABLE analytics.reports ADD COLUMN recommendation_id uuid")
