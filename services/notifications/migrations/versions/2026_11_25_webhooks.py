"""Webhooks and their deliveries.

Revision ID: 2026_11_25_webhooks
Revises: 2026_11_25_push_subscriptions
"""

from alembic import op

revision = "2026_11_25_webhooks"
down_revision = "2026_11_25_push_subscriptions"

S = "notifications"


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE {S}.webhooks (
            id uuid PRIMARY KEY,
            owner_id uuid NOT NULL,
            url text NOT NULL,
            events text[] NOT NULL,
            description text NOT NULL,
            enabled boolean NOT NULL,
            secret bytea NOT NULL,
            previous_secret bytea,
            previous_expire_time timestamptz,
            disabled_reason text,
            disabled_detail text NOT NULL DEFAULT '',
            disable_time timestamptz,
            success_time timestamptz,
            create_time timestamptz NOT NULL,
            update_time timestamptz NOT NULL,
            CHECK (enabled = (disabled_reason IS NULL))
        )""")
    op.execute(f"CREATE INDEX webhooks_of_owner ON {S}.webhooks (owner_id, id)")
    op.execute(f"""
        CREATE TABLE {S}.webhook_deliveries (
            id uuid PRIMARY KEY,
            webhook_id uuid NOT NULL REFERENCES {S}.webhooks ON DELETE CASCADE,
            owner_id uuid NOT NULL,
            event_id uuid NOT NULL,
            type text NOT NULL,
            payload text NOT NULL,
            state text NOT NULL,
            detail text NOT NULL DEFAULT '',
            attempt_count integer NOT NULL DEFAULT 0,
            retry_count integer NOT NULL DEFAULT 0,
            attempts jsonb NOT NULL DEFAULT '[]',
            create_time timestamptz NOT NULL,
            start_time timestamptz NOT NULL,
            due_time timestamptz NOT NULL,
            claim_time timestamptz,
            finish_time timestamptz,
            UNIQUE (webhook_id, event_id)
        )""")
    for index in (
        "webhook_deliveries_due ON {0} (webhook_id, due_time, id) WHERE state = 'pending'",
        "webhook_deliveries_next ON {0} (due_time) WHERE state = 'pending'",
        "webhook_deliveries_in_hand ON {0} (webhook_id, claim_time) WHERE state = 'sending'",
        "webhook_deliveries_of_webhook ON {0} (webhook_id, id)",
        "webhook_deliveries_finished ON {0} (finish_time) WHERE finish_time IS NOT NULL",
    ):
        op.execute(f"CREATE INDEX {index}".format(f"{S}.webhook_deliveries"))
    op.execute(f"""
        CREATE FUNCTION {S}.wake_webhook_sender() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('notifications_webhooks', '');
            RETURN NULL;
        END $$""")
    op.execute(f"""
        CREATE TRIGGER wake_webhook_sender AFTER INSERT ON {S}.webhook_deliveries
        FOR EACH STATEMENT EXECUTE FUNCTION {S}.wake_webhook_sender()""")
