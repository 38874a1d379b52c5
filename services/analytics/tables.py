"""The tables of schema `analytics`: the read model, and what is computed from it.

Rows of the read model keep their revision, deleted ones too: late events are recognized as late.
A writer locks the person's row first, so that writes for one person queue.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.shared_tables import inbox_table, outbox_table, replays_table

METADATA = MetaData(schema="analytics")

PEOPLE = Table(
    "people",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("account_revision", BigInteger, nullable=False, server_default="0"),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("day_start", Time, nullable=False, server_default="00:00"),
    Column("week_start", SmallInteger, nullable=False, server_default="0"),
    # Days as ordinals and weekdays in turn; see rhythm/week_changes.py.
    Column("week_changes", ARRAY(Integer), nullable=False, server_default="{}"),
    Column("floor_date", Date),
    Column("preferences_revision", BigInteger, nullable=False, server_default="0"),
    Column("daily_report_time", Time, server_default="21:00"),
    Column("weekly_report", Boolean, nullable=False, server_default="true"),
    Column("monthly_report", Boolean, nullable=False, server_default="true"),
    Column("locale", Text, nullable=False, server_default="en"),
    Column("next_report_date", Date),
    Column("next_report_time", DateTime(timezone=True)),
    Column("stale_from", Date),
    Column("next_count_time", DateTime(timezone=True)),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("change_time", DateTime(timezone=True)),
    Column("deleted", Boolean, nullable=False, server_default="false"),
)
Index("people_report", PEOPLE.c.next_report_time)
Index("people_count", PEOPLE.c.next_count_time)

HABITS = Table(
    "habits",
    METADATA,
    Column("habit_id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default="false"),
    Column("title", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("start_date", Date, nullable=False),
    Column("archived_date", Date),
    Column("versions", JSONB, nullable=False),
    Column("reminder_times", JSONB, nullable=False),
    Column("position", Integer, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("hear_time", DateTime(timezone=True), nullable=False),
    Column("checkpoint", JSONB),
    Column("checkpoint_date", Date),
    Index("habits_owner", "owner_id"),
)

DAYS = Table(
    "days",
    METADATA,
    Column("habit_id", Uuid),
    Column("day", Date),
    Column("owner_id", Uuid, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("mark", Text),
    Column("amount_thousandths", BigInteger),
    Column("source", SmallInteger, nullable=False),
    Column("update_time", DateTime(timezone=True), nullable=False),
    Column("hear_time", DateTime(timezone=True), nullable=False),
    # All that a count reads: days come in the order of events, but the index is by habit.
    PrimaryKeyConstraint("habit_id", "day", postgresql_include=["mark", "amount_thousandths"]),
    Index("days_owner", "owner_id"),
)

PAUSES = Table(
    "pauses",
    METADATA,
    Column("pause_id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("habit_id", Uuid),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("deleted", Boolean, nullable=False, server_default="false"),
    Column("hear_time", DateTime(timezone=True), nullable=False),
    Index("pauses_owner", "owner_id"),
)

MONTHLY_TOTALS = Table(
    "monthly_totals",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    # The first day of the month. Each array has 31 numbers, one a day.
    Column("month", Date, primary_key=True),
    Column("due_counts", ARRAY(SmallInteger), nullable=False),
    Column("met_counts", ARRAY(SmallInteger), nullable=False),
    Column("check_in_counts", ARRAY(SmallInteger), nullable=False),
)

REPORTS = Table(
    "reports",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("completed_habit_count", Integer, nullable=False),
    Column("recommendation_text", Text, nullable=False),
    Column("recommendation_id", Uuid),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Index("reports_period", "owner_id", "kind", "from_date", unique=True),
)

REPORT_TURNS = Table(
    "report_turns",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("from_date", Date, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Index("report_turns_age", "create_time"),
)

READ_MODEL_CHECKS = Table(
    "read_model_checks",
    METADATA,
    Column("check_date", Date, primary_key=True),
    Column("update_time", DateTime(timezone=True), nullable=False),
    Column("last_owner_id", Uuid),
    Column("people_count", Integer, nullable=False, server_default="0"),
    Column("drift_count", Integer, nullable=False, server_default="0"),
    Column("done", Boolean, nullable=False, server_default="false"),
)

RECOMMENDATIONS = Table(
    "recommendations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("rule", Text, nullable=False),
    Column("habit_id", Uuid),
    Column("text", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("action", JSONB, nullable=False),
    Column("weight", Double, nullable=False),
    Column("holds", Boolean, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("dismiss_time", DateTime(timezone=True)),
    # What applying it changed; see domain/recommend/suggestion.py.
    Column("change", JSONB),
    Column("apply_time", DateTime(timezone=True)),
    Column("undo_time", DateTime(timezone=True)),
    Index(
        "recommendations_subject",
        "owner_id",
        "rule",
        "habit_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
)

OUTBOX = outbox_table(METADATA)
INBOX = inbox_table(METADATA)
REPLAYS = replays_table(METADATA)
