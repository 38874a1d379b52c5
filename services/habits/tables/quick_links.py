"""The addresses that check one habit in."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, LargeBinary, Table, Text, Uuid

from services.habits.tables.metadata import METADATA

QUICK_LINKS = Table(
    "quick_links",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("habit_id", Uuid, ForeignKey("habits.habits.id", ondelete="CASCADE"), nullable=False),
    Column("secret_digest", LargeBinary, nullable=False, unique=True),  # SHA-256
    Column("title", Text, nullable=False),
    Column("amount", BigInteger),  # thousandths
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("use_time", DateTime(timezone=True)),
)
