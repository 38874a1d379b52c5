"""The settings of people, copied from the events of `auth` and `notifications`."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
    text,
)

from services.habits.tables.metadata import METADATA

PEOPLE = Table(
    "people",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("day_start", Time, nullable=False, server_default=text("'00:00'")),
    Column("week_start", SmallInteger, nullable=False, server_default=text("0")),  # Monday is 0
    # Days as ordinals and weekdays in turn; see rhythm/week_changes.py.
    Column("week_changes", ARRAY(Integer), nullable=False, server_default="{}"),
    Column("locale", Text, nullable=False, server_default="en"),
    Column("floor_date", Date),  # today is never before it
    Column("revision", BigInteger, nullable=False, server_default=text("0")),  # of the account
    Column("quiet_from", Time),
    Column("quiet_to", Time),
    Column("preferences_revision", BigInteger, nullable=False, server_default=text("0")),
)
