"""Habits and pauses."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.habits.tables.metadata import METADATA

HABITS = Table(
    "habits",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("icon", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Column("position", Integer, nullable=False),
    Column("start_date", Date, nullable=False),
    Column("measure", Text, nullable=False),
    Column("unit", Text, nullable=False),
    # Goals and schedules by the date they begin, oldest first; always read and written whole.
    Column("versions", JSONB, nullable=False),
    # What to be reminded of; `reminders` holds when each comes next.
    Column("reminders", JSONB, nullable=False),
    Column("archive_time", DateTime(timezone=True)),
    Column("archive_date", Date),  # the last date that counts
    Column("revision", BigInteger, nullable=False, server_default=text("1")),
    # The revision of everything but the position; the etag.
    Column("content_revision", BigInteger, nullable=False, server_default=text("1")),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("update_time", DateTime(timezone=True), nullable=False),
    # Checked at commit: a new order is written row by row.
    UniqueConstraint(
        "owner_id", "position", name="habits_position", deferrable=True, initially="DEFERRED"
    ),
)

PAUSES = Table(
    "pauses",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("habit_id", Uuid, ForeignKey(HABITS.c.id, ondelete="CASCADE")),  # null means all
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),  # null means until further notice
    Column("reason", Text, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Index("pauses_by_owner", "owner_id", "from_date", "id"),
    Index("pauses_by_habit", "habit_id", postgresql_where=text("habit_id IS NOT NULL")),
)
