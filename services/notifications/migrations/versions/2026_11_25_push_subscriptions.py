"""Browsers that show reminders, and messages that are pushed to one.

Revision ID: 2026_11_25_push_subscriptions
Revises: 2026_11_25_activity
"""

from alembic import op

revision = "2026_11_25_push_subscriptions"
down_revision = "2026_11_25_activity"

S = "notifications"


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE {S}.push_subscriptions (
            id uuid PRIMARY KEY,
            owner_id uuid NOT NULL,
            endpoint text NOT NULL UNIQUE,
            p256dh_key text NOT NULL,
            auth_secret text NOT NULL,
            device text NOT NULL,
            create_time timestamptz NOT NULL
        )""")
    op.execute(f"CREATE INDEX push_subscriptions_of_owner ON {S}.push_subscriptions (owner_id, id)")
    op.execute(f"""
        ALTER TABLE {S}.messages
            ADD COLUMN subscription_id uuid,
            DROP CONSTRAINT messages_check,
            ADD CONSTRAINT messages_go_somewhere CHECK (
                chat_id IS NOT NULL OR subscription_id IS NOT NULL
                OR state NOT IN ('pending', 'sending'))""")
