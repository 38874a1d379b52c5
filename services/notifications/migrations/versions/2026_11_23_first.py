"""People, chats, preferences, messages, outbox and inbox.

Revision ID: 2026_11_23_first
Revises: none
"""

from alembic import op

from chassis.shared_tables import create_inbox, create_outbox

revision = "2026_11_23_first"
down_revision = None

S = "notifications"


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE {S}.people (
            owner_id uuid PRIMARY KEY,
            timezone text NOT NULL,
            locale text NOT NULL,
            display_name text NOT NULL,
            revision bigint NOT NULL,
            deleted boolean NOT NULL DEFAULT false
        )""")
    op.execute(f"""
        CREATE TABLE {S}.chats (
            owner_id uuid PRIMARY KEY,
            chat_id bigint NOT NULL UNIQUE,
            title text NOT NULL,
            reachable boolean NOT NULL DEFAULT true,
            create_time timestamptz NOT NULL
        )""")
    op.execute(f"""
        CREATE TABLE {S}.preferences (
            owner_id uuid PRIMARY KEY,
            telegram_enabled boolean NOT NULL,
            quiet_from time,
            quiet_to time,
            daily_report_time time,
            weekly_report boolean NOT NULL,
            monthly_report boolean NOT NULL,
            streak_cheers boolean NOT NULL,
            revision bigint NOT NULL,
            CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
        )""")
    _create_messages()
    create_outbox(S)
    create_inbox(S)


def _create_messages() -> None:
    op.execute(f"""
        CREATE TABLE {S}.messages (
            id uuid PRIMARY KEY,
            event_id uuid NOT NULL UNIQUE,
            owner_id uuid NOT NULL,
            kind text NOT NULL,
            text text NOT NULL,
            buttons jsonb NOT NULL,
            silent boolean NOT NULL,
            habit_id uuid,
            logical_date date,
            chat_id bigint,
            state text NOT NULL,
            detail text NOT NULL DEFAULT '',
            attempt_count integer NOT NULL DEFAULT 0,
            unknown_count integer NOT NULL DEFAULT 0,
            telegram_id bigint,
            create_time timestamptz NOT NULL,
            due_time timestamptz NOT NULL,
            expire_time timestamptz,
            claim_time timestamptz,
            send_time timestamptz,
            CHECK (chat_id IS NOT NULL OR state NOT IN ('pending', 'sending'))
        )""")
    for index in (
        "INDEX messages_due ON {0} (due_time, id) WHERE state = 'pending'",
        "INDEX messages_of_chat ON {0} (chat_id, id) WHERE state IN ('pending', 'sending')",
        "INDEX messages_in_hand ON {0} (claim_time) WHERE state = 'sending'",
        "INDEX messages_of_owner ON {0} (owner_id, id)",
        "UNIQUE INDEX messages_one_cheer ON {0} (habit_id, logical_date) WHERE kind = 'cheer'",
        "INDEX messages_reminders ON {0} (habit_id) WHERE state = 'pending' AND kind = 'reminder'",
    ):
        op.execute(f"CREATE {index}".format(f"{S}.messages"))
    op.execute(f"""
        CREATE FUNCTION {S}.wake_sender() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('notifications_messages', '');
            RETURN NULL;
        END $$""")
    op.execute(f"""
        CREATE TRIGGER wake_sender AFTER INSERT ON {S}.messages
        FOR EACH STATEMENT EXECUTE FUNCTION {S}.wake_sender()""")
