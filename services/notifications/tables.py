"""The tables of schema `notifications`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Time,
    Uuid,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.shared_tables import inbox_table, outbox_table

SCHEMA = "notifications"
METADATA = MetaData(schema=SCHEMA)

MESSAGES_CHANNEL = "notifications_messages"
"""PostgreSQL notifies it when messages are written, so that the sender need not look for them."""

_NOW = text("now()")

PEOPLE = Table(
    "people",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("timezone", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    # A deleted person stays as a bare id, so that a late event cannot bring them back.
    Column("deleted", Boolean, nullable=False, server_default=false()),
)

CHATS = Table(
    "chats",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=true()),
    Column("create_time", DateTime(timezone=True), nullable=False),
)

PREFERENCES = Table(
    "preferences",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("telegram_enabled", Boolean, nullable=False),
    Column("quiet_from", Time),
    Column("quiet_to", Time),
    Column("daily_report_time", Time),
    Column("weekly_report", Boolean, nullable=False),
    Column("monthly_report", Boolean, nullable=False),
    Column("streak_cheers", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
)

MESSAGES = Table(
    "messages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("owner_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("buttons", JSONB, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("habit_id", Uuid),
    Column("logical_date", Date),
    Column("batch_id", Uuid),
    Column("batch", JSONB),
    Column("chat_id", BigInteger),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("attempt_count", Integer, nullable=False, server_default="0"),
    Column("unknown_count", Integer, nullable=False, server_default="0"),
    Column("telegram_id", BigInteger),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("due_time", DateTime(timezone=True), nullable=False),
    Column("expire_time", DateTime(timezone=True)),
    Column("claim_time", DateTime(timezone=True)),
    Column("send_time", DateTime(timezone=True)),
)
_M = MESSAGES.c
Index("messages_due", _M.due_time, _M.id, postgresql_where=text("state = 'pending'"))
Index(
    "messages_of_chat", _M.chat_id, _M.id, postgresql_where=text("state IN ('pending', 'sending')")
)
Index("messages_in_hand", _M.claim_time, postgresql_where=text("state = 'sending'"))
Index("messages_of_owner", _M.owner_id, _M.id)
Index(
    "messages_one_cheer",
    _M.habit_id,
    _M.logical_date,
    unique=True,
    postgresql_where=text("kind = 'cheer'"),
)
Index(
    "messages_one_cheer_of_batch",
    _M.owner_id,
    _M.batch_id,
    unique=True,
    postgresql_where=text("batch_id IS NOT NULL"),
)
Index(
    "messages_reminders",
    _M.habit_id,
    postgresql_where=text("state = 'pending' AND kind = 'reminder'"),
)

OUTBOX = outbox_table(METADATA)
INBOX = inbox_table(METADATA)
