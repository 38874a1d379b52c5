"""Accounts without email, personal access tokens, identities of OpenID providers, the audit log."""

from alembic import op

revision = "2026_11_25_sign_in"
down_revision = "2026_11_23_first"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE auth.accounts
            ALTER COLUMN email DROP NOT NULL,
            ALTER COLUMN email_key DROP NOT NULL,
            ALTER COLUMN password_hash DROP NOT NULL,
            ADD COLUMN request_id uuid UNIQUE""")
    op.execute("""
        CREATE TABLE auth.personal_tokens (
            id uuid PRIMARY KEY,
            account_id uuid NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
            name text NOT NULL,
            scopes text[] NOT NULL,
            prefix text NOT NULL,
            digest bytea NOT NULL UNIQUE,
            create_time timestamptz NOT NULL,
            expire_time timestamptz,
            last_use_time timestamptz
        )""")
    op.execute("CREATE INDEX personal_tokens_account ON auth.personal_tokens (account_id)")
    op.execute("""
        CREATE TABLE auth.identities (
            issuer text NOT NULL,
            subject text NOT NULL,
            account_id uuid NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
            create_time timestamptz NOT NULL,
            PRIMARY KEY (issuer, subject)
        )""")
    op.execute("CREATE INDEX identities_account ON auth.identities (account_id)")
    op.execute("""
        CREATE TABLE auth.account_events (
            id uuid PRIMARY KEY,
            account_id uuid NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
            kind text NOT NULL,
            create_time timestamptz NOT NULL,
            device text NOT NULL,
            place text NOT NULL,
            subject_id uuid
        )""")
    op.execute("CREATE INDEX account_events_account ON auth.account_events (account_id, id DESC)")
    op.execute("CREATE INDEX account_events_create_time ON auth.account_events (create_time)")
