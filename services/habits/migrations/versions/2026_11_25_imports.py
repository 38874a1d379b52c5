"""Imports: the uploaded files, how far each is, and which habit came from what."""

from alembic import op

revision = "2026_11_25_imports"
down_revision = "2026_11_25_positions"


def upgrade() -> None:
    """Apply this revision."""
    op.execute("""
        CREATE TABLE habits.imports (
            id uuid PRIMARY KEY,
            owner_id uuid NOT NULL,
            source text NOT NULL,
            dry_run boolean NOT NULL,
            state text NOT NULL,
            size_bytes bigint NOT NULL DEFAULT 0,
            done_count integer NOT NULL DEFAULT 0,
            total_count integer NOT NULL DEFAULT 0,
            report jsonb,
            refusal jsonb,
            create_time timestamptz NOT NULL,
            update_time timestamptz NOT NULL
        )""")
    op.execute("CREATE INDEX imports_by_owner ON habits.imports (owner_id, create_time)")
    op.execute("""
        CREATE TABLE habits.import_parts (
            import_id uuid NOT NULL REFERENCES habits.imports ON DELETE CASCADE,
            place integer NOT NULL,
            data bytea NOT NULL,
            PRIMARY KEY (import_id, place)
        )""")
    op.execute("""
        CREATE TABLE habits.import_sources (
            owner_id uuid NOT NULL,
            source text NOT NULL,
            external_id text NOT NULL,
            habit_id uuid NOT NULL REFERENCES habits.habits ON DELETE CASCADE,
            digest bytea NOT NULL,
            fields jsonb,
            PRIMARY KEY (owner_id, source, external_id)
        )""")
    op.execute("CREATE INDEX import_sources_by_habit ON habits.import_sources (habit_id)")
