"""The nightly comparisons of the read model with habits, and what they repaired."""

from alembic import op

revision = "2026_11_25_read_model_checks"
down_revision = "2026_11_25_report_turns_age"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE analytics.read_model_checks (
            check_date date PRIMARY KEY,
            update_time timestamptz NOT NULL,
            last_owner_id uuid,
            people_count integer NOT NULL DEFAULT 0,
            drift_count integer NOT NULL DEFAULT 0,
            done boolean NOT NULL DEFAULT false
        )
    """)
