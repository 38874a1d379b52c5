"""The first tables: people, habits, pauses, days, their changes, and what is derived from them."""

from alembic import op

from chassis.shared_tables import create_inbox, create_outbox, create_replays

revision = "2026_11_23_first"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE habits.people (
        owner_id uuid PRIMARY KEY,
        timezone text NOT NULL DEFAULT 'UTC',
        day_start time NOT NULL DEFAULT '00:00',
        week_start smallint NOT NULL DEFAULT 0,
        locale text NOT NULL DEFAULT 'en',
        floor_date date,
        revision bigint NOT NULL DEFAULT 0,
        quiet_from time,
        quiet_to time,
        preferences_revision bigint NOT NULL DEFAULT 0
    )""",
    """
    CREATE TABLE habits.habits (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL,
        title text NOT NULL,
        description text NOT NULL,
        color text NOT NULL,
        icon text NOT NULL,
        tags text[] NOT NULL,
        position integer NOT NULL,
        start_date date NOT NULL,
        measure text NOT NULL,
        unit text NOT NULL,
        versions jsonb NOT NULL,
        reminders jsonb NOT NULL,
        archive_time timestamptz,
        archive_date date,
        revision bigint NOT NULL DEFAULT 1,
        create_time timestamptz NOT NULL,
        update_time timestamptz NOT NULL
    )""",
    "CREATE INDEX habits_by_owner ON habits.habits (owner_id, position, id)",
    """
    CREATE TABLE habits.pauses (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL,
        habit_id uuid REFERENCES habits.habits ON DELETE CASCADE,
        from_date date NOT NULL,
        to_date date,
        reason text NOT NULL,
        create_time timestamptz NOT NULL,
        CHECK (to_date >= from_date)
    )""",
    "CREATE INDEX pauses_by_owner ON habits.pauses (owner_id, from_date, id)",
    "CREATE INDEX pauses_by_habit ON habits.pauses (habit_id) WHERE habit_id IS NOT NULL",
    """
    CREATE TABLE habits.days (
        habit_id uuid NOT NULL,
        day date NOT NULL,
        mark smallint NOT NULL,
        source smallint NOT NULL,
        amount bigint,
        revision bigint NOT NULL,
        update_time timestamptz NOT NULL,
        note text NOT NULL,
        PRIMARY KEY (habit_id, day)
    ) WITH (fillfactor = 90)""",
    """
    CREATE TABLE habits.changes (
        habit_id uuid NOT NULL,
        id uuid NOT NULL,
        actor_id uuid NOT NULL,
        undoes uuid,
        create_time timestamptz NOT NULL,
        revision bigint NOT NULL,
        added bigint,
        amount_before bigint,
        amount_after bigint,
        day date NOT NULL,
        source smallint NOT NULL,
        mark_before smallint NOT NULL,
        mark_after smallint NOT NULL,
        undone boolean NOT NULL DEFAULT false,
        note_before text NOT NULL,
        note_after text NOT NULL,
        PRIMARY KEY (habit_id, id)
    )""",
    # Half empty pages: the row changes at every check-in and should stay on its page (HOT).
    """
    CREATE TABLE habits.progress (
        habit_id uuid PRIMARY KEY,
        revision bigint NOT NULL DEFAULT 0,
        checkpoint bytea,
        recent bytea NOT NULL
    ) WITH (fillfactor = 50)""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    create_outbox("habits")
    create_inbox("habits")
    create_replays("habits")


def downgrade() -> None:
    for table in ("progress", "changes", "days", "pauses", "habits", "people"):
        op.execute(f"DROP TABLE habits.{table}")
    for table in ("outbox", "inbox", "replays"):
        op.execute(f"DROP TABLE habits.{table}")
    op.execute("DROP FUNCTION habits.wake_relay()")
