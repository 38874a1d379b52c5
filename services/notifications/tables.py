"""The tables of schema `notifications`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.shared_tables import inbox_table, outbox_table

SCHEMA = "notifications"
METADATA = MetaData(schema=SCHEMA)

MESSAGES_CHANNEL = "notifications_messages"
"""PostgreSQL notifies it when messages are written, so that the sender need not look for them."""

WEBHOOKS_CHANNEL = "notifications_webhooks"
"""PostgreSQL notifies it when deliveries of webhooks are written."""

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

# What the tone of the next cheer depends on.
ACTIVITY = Table(
    "activity",
    METADATA,
    Column("owner_id", Uuid, primary_key=True),
    Column("last_done_date", Date),
    Column("last_praise_date", Date),
)

# Days on which a reminder may be in a chat, as their events say; kept for a week.
DAYS = Table(
    "days",
    METADATA,
    Column("logical_date", Date, primary_key=True),
    Column("habit_id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False, index=True),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="open"),
    Column("paused", Boolean, nullable=False, server_default=false()),
    Column("streak_length", Integer, nullable=False, server_default="0"),
    Column("streak_unit", Text, nullable=False, server_default="day"),
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
    # From then on a message whose sender died may have arrived.
    Column("request_time", DateTime(timezone=True)),
    Column("send_time", DateTime(timezone=True)),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    # When the sender looks whether a sent reminder still says what its day is.
    Column("edit_time", DateTime(timezone=True)),
    Column("shown_state", Text, nullable=False, server_default="open"),
    Column("shown_revision", BigInteger, nullable=False, server_default="0"),
    Column("report_id", Uuid),
    # The browser it is pushed to; without one it goes to the chat.
    Column("subscription_id", Uuid),
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

Index("messages_in_order", _M.priority, _M.id, postgresql_where=text("state = 'pending'"))
Index("messages_to_edit", _M.edit_time, postgresql_where=text("edit_time IS NOT NULL"))
Index(
    "messages_reminders_of_day",
    _M.habit_id,
    _M.logical_date,
    postgresql_where=text("kind = 'reminder' AND state IN ('pending', 'sending', 'sent')"),
)

PUSH_SUBSCRIPTIONS = Table(
    "push_subscriptions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("p256dh_key", Text, nullable=False),
    # Encrypting needs the browser's secret itself, not a digest of it.
    Column("auth_secret", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("create_time", DateTime(timezone=True), nullable=False),
)
Index("push_subscriptions_of_owner", PUSH_SUBSCRIPTIONS.c.owner_id, PUSH_SUBSCRIPTIONS.c.id)

WEBHOOKS = Table(
    "webhooks",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("description", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    # The key that deliveries are signed with: signing needs the key itself, not a digest of it.
    Column("secret", LargeBinary, nullable=False),
    Column("previous_secret", LargeBinary),
    Column("previous_expire_time", DateTime(timezone=True)),
    Column("disabled_reason", Text),
    Column("disabled_detail", Text, nullable=False, server_default=""),
    Column("disable_time", DateTime(timezone=True)),
    Column("success_time", DateTime(timezone=True)),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("update_time", DateTime(timezone=True), nullable=False),
)
Index("webhooks_of_owner", WEBHOOKS.c.owner_id, WEBHOOKS.c.id)

WEBHOOK_DELIVERIES = Table(
    "webhook_deliveries",
    METADATA,
    # The `webhook-id` that the receiver sees, the same at every attempt.
    Column("id", Uuid, primary_key=True),
    Column("webhook_id", Uuid, ForeignKey(WEBHOOKS.c.id, ondelete="CASCADE"), nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("attempt_count", Integer, nullable=False, server_default="0"),
    # Attempts since `start_time`, which a replay sets anew.
    Column("retry_count", Integer, nullable=False, server_default="0"),
    Column("attempts", JSONB, nullable=False, server_default="[]"),
    Column("create_time", DateTime(timezone=True), nullable=False),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("due_time", DateTime(timezone=True), nullable=False),
    Column("claim_time", DateTime(timezone=True)),
    Column("finish_time", DateTime(timezone=True)),
    UniqueConstraint("webhook_id", "event_id"),
)
_D = WEBHOOK_DELIVERIES.c
Index(
    "webhook_deliveries_due",
    _D.webhook_id,
    _D.due_time,
    _D.id,
    postgresql_where=text("state = 'pending'"),
)
Index("webhook_deliveries_next", _D.due_time, postgresql_where=text("state = 'pending'"))
Index(
    "webhook_deliveries_in_hand",
    _D.webhook_id,
    _D.claim_time,
    postgresql_where=text("state = 'sending'"),
)
Index("webhook_deliveries_of_webhook", _D.webhook_id, _D.id)
Index(
    "webhook_deliveries_finished",
    _D.finish_time,
    postgresql_where=text("finish_time IS NOT NULL"),
)

OUTBOX = outbox_table(METADATA)
INBOX = inbox_table(METADATA)
