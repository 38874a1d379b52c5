"""SQLAlchemy tables of the schema `auth`."""

from sqlalchemy import BigInteger, Column, Date, DateTime, MetaData, Table, Text, Time, Uuid

from chassis.shared_tables import outbox_table

METADATA = MetaData(schema="auth")

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("email", Text, nullable=False),
    # The case-folded address; see domain/email.py.
    Column("email_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("week_start", Text, nullable=False),
    Column("day_start", Time, nullable=False),
    Column("floor_date", Date),
    Column("revision", BigInteger, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
)

OUTBOX = outbox_table(METADATA)
