"""SQLAlchemy tables of the schema `auth`."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.shared_tables import outbox_table

METADATA = MetaData(schema="auth")

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    # Null, like the password hash, for an account created in a chat or by an OpenID provider.
    Column("email", Text),
    # The case-folded address; see domain/email.py.
    Column("email_key", Text, unique=True),
    Column("password_hash", Text),
    Column("display_name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("week_start", Text, nullable=False),
    Column("day_start", Time, nullable=False),
    Column("floor_date", Date),
    # Days as ordinals and weekdays (Monday is 0) in turn; see rhythm/week_changes.py.
    Column("week_changes", ARRAY(Integer), nullable=False, server_default="{}"),
    Column("revision", BigInteger, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
    # Stands for the chat's request that created the account, so that a repeat creates no second.
    Column("request_id", Uuid, unique=True),
)

PERSONAL_TOKENS = Table(
    "personal_tokens",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey(ACCOUNTS.c.id), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    # The first characters of the secret, which the owner recognizes it by.
    Column("prefix", Text, nullable=False),
    # SHA-256 of the secret.
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("expire_time", DateTime(timezone=True)),
    Column("last_use_time", DateTime(timezone=True)),
)

IDENTITIES = Table(
    "identities",
    METADATA,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account_id", Uuid, ForeignKey(ACCOUNTS.c.id), nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
)

ACCOUNT_EVENTS = Table(
    "account_events",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey(ACCOUNTS.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("device", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("subject_id", Uuid),
)

OUTBOX = outbox_table(METADATA)
