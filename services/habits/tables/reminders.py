"""When each reminder comes next, and which have rung.

The text and wall time of a reminder are in the column `habits.reminders`; the rows here are made
from that and change at every check. Rows of `reminder_firings` have no foreign key, which would
cost a lookup per firing: they are dropped when they are old.
"""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
    text,
)

from services.habits.tables.habits import HABITS
from services.habits.tables.metadata import METADATA

REMINDERS = Table(
    "reminders",
    METADATA,
    Column("habit_id", Uuid, ForeignKey(HABITS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("local_time", Time, nullable=False),
    Column("weekdays", SmallInteger, nullable=False),  # a bit each, Monday's is 1; 0 means all
    Column("text", Text, nullable=False),
    Column("nag_minutes", Integer, nullable=False),
    Column("handled_date", Date),  # the last logical date that was decided on
    Column("due_date", Date),
    Column("slot", SmallInteger),
    Column("due_time", DateTime(timezone=True)),
    Column("look_time", DateTime(timezone=True)),  # null while nothing comes: archived
    Index("reminders_due", "look_time", postgresql_where=text("look_time IS NOT NULL")),
)

SNOOZES = Table(
    "snoozes",
    METADATA,
    Column("habit_id", Uuid, ForeignKey(HABITS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("due_date", Date, primary_key=True),
    Column("slot", SmallInteger, nullable=False),
    Column("due_time", DateTime(timezone=True), nullable=False),
    Column("look_time", DateTime(timezone=True), nullable=False),
    Index("snoozes_due", "look_time"),
)

# A slot of a day fires once: this row records that it was sent, or that it was missed.
REMINDER_FIRINGS = Table(
    "reminder_firings",
    METADATA,
    Column("reminder_id", Uuid, primary_key=True),  # the habit's id for snoozes
    Column("due_date", Date, primary_key=True),
    Column("slot", SmallInteger, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("fire_time", DateTime(timezone=True), nullable=False),
    Index("reminder_firings_by_age", "fire_time", postgresql_using="brin"),
)
