"""What was done on which day, every change of it, and what is derived from it.

These tables are written at every check-in and have no foreign keys: each would cost a lookup and a
row lock a check-in. The row of `progress` is the lock: every writer first increments its revision;
whoever deletes a habit deletes that row first, so that no day can be written after.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from services.habits.tables.metadata import METADATA

DAYS = Table(
    "days",
    METADATA,
    Column("habit_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("mark", SmallInteger, nullable=False),  # 0 none, 1 done, 2 skip, 3 missed
    Column("amount", BigInteger),  # thousandths; with neither mark nor amount the day was cleared
    Column("note", Text, nullable=False),
    Column("source", SmallInteger, nullable=False),  # as contracts.habits.v1.Source
    Column("revision", BigInteger, nullable=False),
    Column("update_time", DateTime(timezone=True), nullable=False),
)

# An amount that was added is a row here: `added`, with its moment, source and note.
CHANGES = Table(
    "changes",
    METADATA,
    Column("habit_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),  # UUIDv7: in order of time
    Column("day", Date, nullable=False),
    Column("actor_id", Uuid, nullable=False),
    Column("source", SmallInteger, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("revision", BigInteger, nullable=False),  # the day's after the change
    Column("added", BigInteger),
    Column("mark_before", SmallInteger, nullable=False),
    Column("amount_before", BigInteger),
    Column("note_before", Text, nullable=False),
    Column("mark_after", SmallInteger, nullable=False),
    Column("amount_after", BigInteger),
    Column("note_after", Text, nullable=False),
    Column("undoes", Uuid),  # the change that this one took back
    Column("undone", Boolean, nullable=False, server_default=text("false")),
)

PROGRESS = Table(
    "progress",
    METADATA,
    Column("habit_id", Uuid, primary_key=True),
    # Moves on with every change of the habit's days, or of what they are counted by.
    Column("revision", BigInteger, nullable=False, server_default=text("0")),
    Column("checkpoint", LargeBinary),  # the evaluator's state at a closed date; null means none
    Column("recent", LargeBinary, nullable=False),  # the days after it, and those it looks back on
)
