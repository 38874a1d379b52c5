"""Old outcomes of reports are found by index."""

from alembic import op

revision = "2026_11_25_report_turns_age"
down_revision = "2026_11_25_as_of"


def upgrade() -> None:
    op.execute("CREATE INDEX report_turns_age ON analytics.report_turns (create_time)")
