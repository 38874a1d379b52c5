"""The first tables."""

import sqlalchemy as sa
from alembic import op

from chassis.shared_tables import create_inbox, create_outbox, create_replays

revision = "first"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "things",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("word", sa.Text),
        schema="sample",
    )
    create_outbox("sample")
    create_inbox("sample")
    create_replays("sample")
