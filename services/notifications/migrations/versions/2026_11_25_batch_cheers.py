"""One cheer for all habits of a batch.

Revision ID: 2026_11_25_batch_cheers
Revises: 2026_11_23_first
"""

from alembic import op

revision = "2026_11_25_batch_cheers"
down_revision = "2026_11_23_first"

S = "notifications"


def upgrade() -> None:
    op.execute(f"ALTER TABLE {S}.messages ADD COLUMN batch_id uuid, ADD COLUMN batch jsonb")
    op.execute(f"""
        CREATE UNIQUE INDEX messages_one_cheer_of_batch ON {S}.messages (owner_id, batch_id)
            WHERE batch_id IS NOT NULL""")
