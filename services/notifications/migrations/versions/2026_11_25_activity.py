"""A person's latest check-in and praise.

Revision ID: 2026_11_25_activity
Revises: 2026_11_25_send_requests
"""

from alembic import op

revision = "2026_11_25_activity"
down_revision = "2026_11_25_send_requests"

S = "notifications"


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE {S}.activity (
            owner_id uuid PRIMARY KEY,
            last_done_date date,
            last_praise_date date
        )""")
