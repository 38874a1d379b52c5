"""When each reminder comes next, what is snoozed, and what has rung."""

from alembic import op

revision = "2026_11_23_reminders"
down_revision = "2026_11_23_first"

STATEMENTS = (
    # Room on each page: the rows move on with every look.
    """
    CREATE TABLE habits.reminders (
        habit_id uuid NOT NULL REFERENCES habits.habits ON DELETE CASCADE,
        id uuid NOT NULL,
        look_time timestamptz,
        due_time timestamptz,
        local_time time NOT NULL,
        due_date date,
        handled_date date,
        nag_minutes integer NOT NULL,
        slot smallint,
        weekdays smallint NOT NULL,
        text text NOT NULL,
        PRIMARY KEY (habit_id, id)
    ) WITH (fillfactor = 80)""",
    "CREATE INDEX reminders_due ON habits.reminders (look_time) WHERE look_time IS NOT NULL",
    """
    CREATE TABLE habits.snoozes (
        habit_id uuid NOT NULL REFERENCES habits.habits ON DELETE CASCADE,
        due_time timestamptz NOT NULL,
        look_time timestamptz NOT NULL,
        due_date date NOT NULL,
        slot smallint NOT NULL,
        PRIMARY KEY (habit_id, due_date)
    )""",
    "CREATE INDEX snoozes_due ON habits.snoozes (look_time)",
    """
    CREATE TABLE habits.reminder_firings (
        reminder_id uuid NOT NULL,
        fire_time timestamptz NOT NULL,
        due_date date NOT NULL,
        slot smallint NOT NULL,
        outcome text NOT NULL,
        PRIMARY KEY (reminder_id, due_date, slot)
    )""",
    "CREATE INDEX reminder_firings_by_age ON habits.reminder_firings USING brin (fire_time)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in ("reminder_firings", "snoozes", "reminders"):
        op.execute(f"DROP TABLE habits.{table}")
