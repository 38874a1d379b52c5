"""Imports: the uploaded files, how far each is, and which habit came from what."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.habits.tables.habits import HABITS
from services.habits.tables.metadata import METADATA

IMPORTS = Table(
    "imports",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),  # as the person says; empty means to find out
    Column("dry_run", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False, server_default=text("0")),
    Column("done_count", Integer, nullable=False, server_default=text("0")),
    Column("total_count", Integer, nullable=False, server_default=text("0")),
    Column("report", JSONB),
    Column("refusal", JSONB),
    Column("create_time", DateTime(timezone=True), nullable=False),
    # Moves on while it runs: one that stands still was interrupted.
    Column("update_time", DateTime(timezone=True), nullable=False),
    Index("imports_by_owner", "owner_id", "create_time"),
)

# The file, until the import has run.
IMPORT_PARTS = Table(
    "import_parts",
    METADATA,
    Column("import_id", Uuid, ForeignKey(IMPORTS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# Which habit was made of what: a second import of it finds the habit again.
IMPORT_SOURCES = Table(
    "import_sources",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("habit_id", Uuid, ForeignKey(HABITS.c.id, ondelete="CASCADE"), nullable=False),
    # Of the habit as the file had it: an equal one has nothing new, whatever was edited here.
    Column("digest", LargeBinary, nullable=False),
    Column("fields", JSONB),  # what only its source has, to be exported again
    Index("import_sources_by_habit", "habit_id"),
)
