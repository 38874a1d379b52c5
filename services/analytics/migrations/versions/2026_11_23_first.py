"""The first tables: what was heard, and what was made of it."""

from alembic import op

from chassis.shared_tables import create_inbox, create_outbox, create_replays

revision = "analytics_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_people()
    _create_facts()
    _create_made()
    create_outbox("analytics")
    create_inbox("analytics")
    create_replays("analytics")


def _create_people() -> None:
    op.execute("""
        CREATE TABLE analytics.people (
            owner_id uuid PRIMARY KEY,
            account_revision bigint NOT NULL DEFAULT 0,
            timezone text NOT NULL DEFAULT 'UTC',
            day_start time NOT NULL DEFAULT '00:00',
            week_start smallint NOT NULL DEFAULT 0,
            floor_date date,
            preferences_revision bigint NOT NULL DEFAULT 0,
            daily_report_time time DEFAULT '21:00',
            weekly_report boolean NOT NULL DEFAULT true,
            monthly_report boolean NOT NULL DEFAULT true,
            next_report_date date,
            next_report_time timestamptz,
            stale_from date,
            next_count_time timestamptz,
            deleted boolean NOT NULL DEFAULT false
        ) WITH (fillfactor = 80)""")
    op.execute("""
        CREATE INDEX people_report ON analytics.people (next_report_time)
        WHERE next_report_time IS NOT NULL""")
    op.execute("""
        CREATE INDEX people_count ON analytics.people (next_count_time)
        WHERE next_count_time IS NOT NULL""")


def _create_facts() -> None:
    op.execute("""
        CREATE TABLE analytics.habits (
            habit_id uuid PRIMARY KEY,
            owner_id uuid NOT NULL,
            revision bigint NOT NULL,
            deleted boolean NOT NULL DEFAULT false,
            title text NOT NULL,
            unit text NOT NULL,
            measure text NOT NULL,
            start_date date NOT NULL,
            archived_date date,
            versions jsonb NOT NULL,
            reminder_times jsonb NOT NULL,
            position integer NOT NULL,
            create_time timestamptz NOT NULL,
            hear_time timestamptz NOT NULL DEFAULT clock_timestamp(),
            checkpoint jsonb,
            checkpoint_date date
        )""")
    op.execute("CREATE INDEX habits_owner ON analytics.habits (owner_id)")
    op.execute("""
        CREATE TABLE analytics.days (
            habit_id uuid NOT NULL,
            day date NOT NULL,
            owner_id uuid NOT NULL,
            revision bigint NOT NULL,
            mark text,
            amount_thousandths bigint,
            source smallint NOT NULL,
            update_time timestamptz NOT NULL,
            hear_time timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (habit_id, day)
        )""")
    op.execute("CREATE INDEX days_owner ON analytics.days (owner_id)")
    op.execute("""
        CREATE TABLE analytics.pauses (
            pause_id uuid PRIMARY KEY,
            owner_id uuid NOT NULL,
            habit_id uuid,
            from_date date NOT NULL,
            to_date date,
            deleted boolean NOT NULL DEFAULT false,
            hear_time timestamptz NOT NULL DEFAULT clock_timestamp()
        )""")
    op.execute("CREATE INDEX pauses_owner ON analytics.pauses (owner_id)")


def _create_made() -> None:
    op.execute("""
        CREATE TABLE analytics.daily_totals (
            owner_id uuid NOT NULL,
            day date NOT NULL,
            due_count integer NOT NULL,
            met_count integer NOT NULL,
            check_in_count integer NOT NULL,
            PRIMARY KEY (owner_id, day)
        )""")
    op.execute("""
        CREATE TABLE analytics.reports (
            id uuid PRIMARY KEY,
            owner_id uuid NOT NULL,
            kind text NOT NULL,
            from_date date NOT NULL,
            to_date date NOT NULL,
            summary jsonb NOT NULL,
            completed_habit_count integer NOT NULL,
            recommendation_text text NOT NULL,
            create_time timestamptz NOT NULL
        )""")
    op.execute("""
        CREATE UNIQUE INDEX reports_period ON analytics.reports (owner_id, kind, from_date)""")
    op.execute("""
        CREATE TABLE analytics.report_turns (
            owner_id uuid NOT NULL,
            kind text NOT NULL,
            from_date date NOT NULL,
            outcome text NOT NULL,
            create_time timestamptz NOT NULL,
            PRIMARY KEY (owner_id, kind, from_date)
        )""")
    op.execute("""
        CREATE TABLE analytics.recommendations (
            id uuid PRIMARY KEY,
            owner_id uuid NOT NULL,
            rule text NOT NULL,
            habit_id uuid,
            text text NOT NULL,
            evidence jsonb NOT NULL,
            action jsonb NOT NULL,
            weight double precision NOT NULL,
            holds boolean NOT NULL,
            create_time timestamptz NOT NULL,
            dismiss_time timestamptz
        )""")
    op.execute("""
        CREATE UNIQUE INDEX recommendations_subject
        ON analytics.recommendations (owner_id, rule, habit_id) NULLS NOT DISTINCT""")
