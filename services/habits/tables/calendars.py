"""The addresses under which calendar apps read what a person is reminded of."""

from sqlalchemy import Column, DateTime, LargeBinary, Table, Uuid

from services.habits.tables.metadata import METADATA

CALENDARS = Table(
    "calendars",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("secret_digest", LargeBinary, nullable=False, unique=True),  # SHA-256
    Column("create_time", DateTime(timezone=True), nullable=False),
)
