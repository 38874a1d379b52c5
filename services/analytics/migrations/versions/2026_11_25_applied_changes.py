"""What applying a recommendation changed, so that it can be undone."""

from alembic import op

revision = "2026_11_25_applied_changes"
down_revision = "2026_11_25_read_model_checks"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE analytics.recommendations
            ADD COLUMN change jsonb,
            ADD COLUMN apply_time timestamptz,
            ADD COLUMN undo_time timestamptz
    """)
