"""When a message's request was begun, and the order of sending by age.

Revision ID: 2026_11_25_send_requests
Revises: 2026_11_25_reminder_edits
"""

from alembic import op

revision = "2026_11_25_send_requests"
down_revision = "2026_11_25_reminder_edits"

S = "notifications"


def upgrade() -> None:
    op.execute(f"ALTER TABLE {S}.messages ADD COLUMN request_time timestamptz")
    op.execute(f"""
        CREATE INDEX messages_in_order ON {S}.messages (priority, id) WHERE state = 'pending'""")
    op.execute(f"DROP INDEX {S}.messages_by_priority")
