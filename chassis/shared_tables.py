"""Three tables that have the same columns in every service: outbox, inbox, replays.

Each service has its own, in its own schema. `tables.py` defines them (`OUTBOX =
outbox_table(METADATA)`) and a migration creates them (`create_outbox("habits")`). The statements
below never change: a change of columns is a new function, used by a new migration.
"""

from sqlalchemy import Column, DateTime, Index, LargeBinary, MetaData, Table, Text, Uuid, text

RELAY_LOCKS = 0x6F75_7462
"""The first key of the advisory locks that active relays hold: "outb"."""

_NOW = text("now()")


def outbox_table(metadata: MetaData) -> Table:
    """Define the table of events that wait to be published."""
    table = Table(
        "outbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("type", Text, nullable=False),
        Column("routing_key", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("request_id", Text, nullable=False, server_default=""),
        Column("traceparent", Text, nullable=False, server_default=""),
        Column("create_time", DateTime(timezone=True), nullable=False, server_default=_NOW),
        Column("due_time", DateTime(timezone=True), nullable=False, server_default=_NOW),
        Column("publish_time", DateTime(timezone=True)),
    )
    Index(
        "outbox_due", table.c.due_time, table.c.id, postgresql_where=table.c.publish_time.is_(None)
    )
    Index(
        "outbox_published",
        table.c.publish_time,
        postgresql_where=table.c.publish_time.is_not(None),
    )
    return table


def inbox_table(metadata: MetaData) -> Table:
    """Define the table of the ids of events that have been handled."""
    return Table(
        "inbox",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("receive_time", DateTime(timezone=True), nullable=False, server_default=_NOW),
        Index("inbox_receive_time", "receive_time"),
    )


def replays_table(metadata: MetaData) -> Table:
    """Define the table of responses stored for requests that may be repeated."""
    return Table(
        "replays",
        metadata,
        Column("owner_id", Uuid, primary_key=True),
        Column("request_id", Uuid, primary_key=True),
        Column("method", Text, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("response", LargeBinary),
        Column("create_time", DateTime(timezone=True), nullable=False, server_default=_NOW),
        Index("replays_create_time", "create_time"),
    )


def create_outbox(schema: str) -> None:
    """Create `outbox`, and the trigger that wakes a sleeping relay. For migrations."""
    _execute(f"""
        CREATE TABLE {schema}.outbox (
            id uuid PRIMARY KEY,
            type text NOT NULL,
            routing_key text NOT NULL,
            body bytea NOT NULL,
            request_id text NOT NULL DEFAULT '',
            traceparent text NOT NULL DEFAULT '',
            create_time timestamptz NOT NULL DEFAULT now(),
            due_time timestamptz NOT NULL DEFAULT now(),
            publish_time timestamptz
        )""")
    _execute(
        f"CREATE INDEX outbox_due ON {schema}.outbox (due_time, id) WHERE publish_time IS NULL"
    )
    _execute(f"""
        CREATE INDEX outbox_published ON {schema}.outbox (publish_time)
        WHERE publish_time IS NOT NULL""")
    _execute(f"""
        CREATE FUNCTION {schema}.wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- A NOTIFY makes commits wait for each other. A relay that is awake holds this lock,
            -- shared, and will look again by itself; of several writers one NOTIFY is enough.
            IF pg_try_advisory_xact_lock({RELAY_LOCKS}, hashtext('{schema}')) THEN
                PERFORM pg_notify('{schema}_outbox', '');
            END IF;
            RETURN NULL;
        END $$""")
    _execute(f"""
        CREATE TRIGGER wake_relay AFTER INSERT ON {schema}.outbox
        FOR EACH STATEMENT EXECUTE FUNCTION {schema}.wake_relay()""")


def create_inbox(schema: str) -> None:
    """Create `inbox`. For migrations."""
    _execute(f"""
        CREATE TABLE {schema}.inbox (
            event_id uuid PRIMARY KEY,
            receive_time timestamptz NOT NULL DEFAULT now()
        )""")
    _execute(f"CREATE INDEX inbox_receive_time ON {schema}.inbox (receive_time)")


def create_replays(schema: str) -> None:
    """Create `replays`. For migrations."""
    _execute(f"""
        CREATE TABLE {schema}.replays (
            owner_id uuid NOT NULL,
            request_id uuid NOT NULL,
            method text NOT NULL,
            digest bytea NOT NULL,
            response bytea,
            create_time timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (owner_id, request_id)
        )""")
    _execute(f"CREATE INDEX replays_create_time ON {schema}.replays (create_time)")


def _execute(statement: str) -> None:
    # Alembic takes 10 MB: only a process that migrates imports it.
    from alembic import op

    op.execute(statement)
