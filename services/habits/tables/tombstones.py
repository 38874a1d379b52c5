"""What was deleted, so that clients which keep a copy hear of it."""

from sqlalchemy import Column, DateTime, Index, SmallInteger, Table, Uuid, text

from services.habits.tables.metadata import METADATA

TOMBSTONES = Table(
    "tombstones",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("kind", SmallInteger, nullable=False),  # 1 a habit, 2 a pause
    Column("delete_time", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("tombstones_by_age", "delete_time"),
)
