"""Days of habits as the chat has to know them, reminders that are edited, and order of sending.

Revision ID: 2026_11_25_reminder_edits
Revises: 2026_11_25_batch_cheers
"""

from alembic import op

revision = "2026_11_25_reminder_edits"
down_revision = "2026_11_25_batch_cheers"

S = "notifications"


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE {S}.days (
            logical_date date NOT NULL,
            habit_id uuid NOT NULL,
            owner_id uuid NOT NULL,
            revision bigint NOT NULL DEFAULT 0,
            state text NOT NULL DEFAULT 'open',
            paused boolean NOT NULL DEFAULT false,
            streak_length integer NOT NULL DEFAULT 0,
            streak_unit text NOT NULL DEFAULT 'day',
            PRIMARY KEY (logical_date, habit_id)
        )""")
    op.execute(f"CREATE INDEX days_of_owner ON {S}.days (owner_id)")
    op.execute(f"""
        ALTER TABLE {S}.messages
            ADD COLUMN priority smallint NOT NULL DEFAULT 0,
            ADD COLUMN edit_time timestamptz,
            ADD COLUMN shown_state text NOT NULL DEFAULT 'open',
            ADD COLUMN shown_revision bigint NOT NULL DEFAULT 0,
            ADD COLUMN report_id uuid""")
    for index in (
        "messages_by_priority ON {0} (priority, due_time, id) WHERE state = 'pending'",
        "messages_to_edit ON {0} (edit_time) WHERE edit_time IS NOT NULL",
        "messages_reminders_of_day ON {0} (habit_id, logical_date)"
        " WHERE kind = 'reminder' AND state IN ('pending', 'sending', 'sent')",
    ):
        op.execute(f"CREATE INDEX {index}".format(f"{S}.messages"))
