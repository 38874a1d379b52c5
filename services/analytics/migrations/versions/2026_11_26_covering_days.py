"""What a count reads of a habit's days lies in the index, in the order of days."""

from alembic import op

revision = "2026_11_26_covering_days"
down_revision = "2026_11_25_applied_changes"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE analytics.days
            DROP CONSTRAINT days_pkey,
            ADD CONSTRAINT days_pkey PRIMARY KEY (habit_id, day)
                INCLUDE (mark, amount_thousandths)
    """)
