"""The statements that write check-ins: text, made once, with one array parameter a column.

Each locks rows of `progress` in one order, so that batches never deadlock, and writes a habit whole
or not at all: only at the revision of its days that is expected.
"""

from collections.abc import Iterable

type Columns = tuple[tuple[str, str], ...]
"""Names of columns with their types."""

DAYS_COLUMNS = (
    ("habit_id", "uuid"),
    ("day", "date"),
    ("mark", "smallint"),
    ("amount", "bigint"),
    ("note", "text"),
    ("source", "smallint"),
    ("revision", "bigint"),
    ("update_time", "timestamptz"),
)
CHANGES_COLUMNS = (
    ("habit_id", "uuid"),
    ("id", "uuid"),
    ("day", "date"),
    ("actor_id", "uuid"),
    ("source", "smallint"),
    ("create_time", "timestamptz"),
    ("revision", "bigint"),
    ("added", "bigint"),
    ("mark_before", "smallint"),
    ("amount_before", "bigint"),
    ("note_before", "text"),
    ("mark_after", "smallint"),
    ("amount_after", "bigint"),
    ("note_after", "text"),
    ("undoes", "uuid"),
    ("undone", "boolean"),
)
OUTBOX_COLUMNS = (
    ("id", "uuid"),
    ("type", "text"),
    ("routing_key", "text"),
    ("body", "bytea"),
    ("request_id", "text"),
    ("traceparent", "text"),
)
REPLAYS_COLUMNS = (
    ("owner_id", "uuid"),
    ("request_id", "uuid"),
    ("method", "text"),
    ("digest", "bytea"),
    ("response", "bytea"),
    ("create_time", "timestamptz"),
)
PROGRESS_COLUMNS = (
    ("habit_id", "uuid"),
    ("expected", "bigint"),
    ("revision", "bigint"),
    ("checkpoint", "bytea"),
    ("recent", "bytea"),
)
SINGLE_COLUMNS = (
    *PROGRESS_COLUMNS,
    ("owner_id", "uuid"),
    ("habit_revision", "bigint"),
    ("person_revision", "bigint"),
    ("absent_day", "date"),
    *DAYS_COLUMNS[1:6],
    ("id", "uuid"),
    ("actor_id", "uuid"),
    ("added", "bigint"),
    *CHANGES_COLUMNS[8:11],
    ("undoes", "uuid"),
)
"""One change of one day. Where it was decided from memory, `habit_revision` and the two columns
after it say what memory has; else they are null."""
EVENT_COLUMNS = (("habit_id", "uuid"), *OUTBOX_COLUMNS[:4])
RESPONSE_COLUMNS = (("request_id", "uuid"), ("digest", "bytea"), ("response", "bytea"))


def _overwrite(columns: Columns) -> str:
    return ", ".join(f"{name} = excluded.{name}" for name, _ in columns)


_OVERWRITE_DAY = _overwrite(DAYS_COLUMNS[2:])
_REPLACE_RESPONSE = _overwrite(REPLAYS_COLUMNS[2:])
_IS_AS_CACHED = """
    (n.habit_revision IS NULL OR (
        (SELECT h.revision FROM habits.habits h WHERE h.id = n.habit_id) = n.habit_revision
        AND coalesce((SELECT o.revision FROM habits.people o WHERE o.owner_id = n.owner_id), 0)
            = n.person_revision
        AND (n.absent_day IS NULL OR (
            SELECT d.revision FROM habits.days d
            WHERE d.habit_id = n.habit_id AND d.day = n.absent_day
        ) IS NULL)))"""
"""Subqueries: a join would let the planner read whole tables."""
_IS_FIRST_REQUEST = """
    (n.habit_revision IS NULL OR n.request_id IS NULL OR (
        SELECT k.request_id FROM habits.replays k
        WHERE k.owner_id = n.owner_id AND k.request_id = n.request_id
    ) IS NULL)"""


class _Parameters:
    """Numbers the array parameters of a statement in the order of their use."""

    def __init__(self) -> None:
        self._count = 0

    def value(self, kind: str) -> str:
        """Return a single value."""
        self._count += 1
        return f"${self._count}::{kind}"

    def rows(self, *columns: tuple[str, str]) -> str:
        """Return a FROM item whose rows are made of one array a column."""
        numbers = range(self._count + 1, self._count + 1 + len(columns))
        self._count += len(columns)
        arrays = ", ".join(
            f"${number}::{kind}[]" for number, (_, kind) in zip(numbers, columns, strict=True)
        )
        return f"unnest({arrays}) AS n({', '.join(name for name, _ in columns)})"


def names(columns: Iterable[tuple[str, str]], prefix: str = "") -> str:
    """Return the names of columns as a list in SQL."""
    return ", ".join(f"{prefix}{name}" for name, _ in columns)


def _any_changes() -> str:
    """Return the statement for any number of changes a habit."""
    parameters = _Parameters()
    progress = parameters.rows(*PROGRESS_COLUMNS)
    days = parameters.rows(*DAYS_COLUMNS)
    changes = parameters.rows(*CHANGES_COLUMNS)
    undone = parameters.rows(("habit_id", "uuid"), ("id", "uuid"))
    outbox = parameters.rows(("habit_id", "uuid"), *OUTBOX_COLUMNS)
    replays = parameters.rows(("habit_id", "uuid"), *REPLAYS_COLUMNS)
    return f"""
        WITH locked AS MATERIALIZED (
            SELECT p.habit_id, n.revision, n.checkpoint, n.recent
            FROM {progress} JOIN habits.progress p
            ON p.habit_id = n.habit_id AND p.revision = n.expected
            ORDER BY p.habit_id FOR UPDATE OF p
        ), updated AS (
            UPDATE habits.progress p
            SET revision = n.revision, checkpoint = n.checkpoint, recent = n.recent
            FROM locked n WHERE p.habit_id = n.habit_id
            RETURNING p.habit_id
        ), new_days AS (
            INSERT INTO habits.days ({names(DAYS_COLUMNS)})
            SELECT {names(DAYS_COLUMNS, "n.")} FROM {days} JOIN updated USING (habit_id)
            ON CONFLICT (habit_id, day) DO UPDATE SET {_OVERWRITE_DAY}
        ), new_changes AS (
            INSERT INTO habits.changes ({names(CHANGES_COLUMNS)})
            SELECT {names(CHANGES_COLUMNS, "n.")} FROM {changes} JOIN updated USING (habit_id)
        ), undone_changes AS (
            UPDATE habits.changes c SET undone = true
            FROM {undone} JOIN updated USING (habit_id)
            WHERE c.habit_id = n.habit_id AND c.id = n.id
        ), new_events AS (
            INSERT INTO habits.outbox ({names(OUTBOX_COLUMNS)})
            SELECT {names(OUTBOX_COLUMNS, "n.")} FROM {outbox} JOIN updated USING (habit_id)
        ), new_responses AS (
            INSERT INTO habits.replays ({names(REPLAYS_COLUMNS)})
            SELECT {names(REPLAYS_COLUMNS, "n.")} FROM {replays} JOIN updated USING (habit_id)
            ON CONFLICT (owner_id, request_id) DO UPDATE SET {_REPLACE_RESPONSE}
        )
        SELECT habit_id FROM updated"""  # noqa: S608


def _one_change_each(*, responses: bool) -> str:
    """Return the statement for one change a habit, without or with responses to store."""
    parameters = _Parameters()
    columns = SINGLE_COLUMNS + (RESPONSE_COLUMNS if responses else ())
    changes = parameters.rows(*columns)
    events = parameters.rows(*EVENT_COLUMNS)
    now, request_id, traceparent = map(parameters.value, ("timestamptz", "text", "text"))
    store = f""", new_responses AS (
            INSERT INTO habits.replays ({names(REPLAYS_COLUMNS)})
            SELECT owner_id, request_id, {parameters.value("text")}, digest, response, {now}
            FROM locked WHERE request_id IS NOT NULL
            ON CONFLICT (owner_id, request_id) DO UPDATE SET {_REPLACE_RESPONSE}
        )"""  # noqa: S608
    return f"""
        WITH locked AS MATERIALIZED (
            SELECT n.* FROM {changes} JOIN habits.progress p
            ON p.habit_id = n.habit_id AND p.revision = n.expected
            WHERE {_IS_AS_CACHED} {f"AND {_IS_FIRST_REQUEST}" if responses else ""}
            ORDER BY p.habit_id FOR UPDATE OF p
        ), updated AS (
            UPDATE habits.progress p
            SET revision = n.revision, checkpoint = n.checkpoint, recent = n.recent
            FROM locked n WHERE p.habit_id = n.habit_id
        ), new_days AS (
            INSERT INTO habits.days ({names(DAYS_COLUMNS)})
            SELECT habit_id, day, mark, amount, note, source, revision, {now} FROM locked
            ON CONFLICT (habit_id, day) DO UPDATE SET {_OVERWRITE_DAY}
        ), new_changes AS (
            INSERT INTO habits.changes ({names(CHANGES_COLUMNS)})
            SELECT habit_id, id, day, actor_id, source, {now}, revision, added, mark_before,
                amount_before, note_before, mark, amount, note, undoes, false FROM locked
        ), new_events AS (
            INSERT INTO habits.outbox ({names(OUTBOX_COLUMNS)})
            SELECT {names(EVENT_COLUMNS[1:], "n.")}, {request_id}, {traceparent}
            FROM {events} JOIN locked USING (habit_id)
        ){store if responses else ""}
        SELECT habit_id FROM locked"""  # noqa: S608


ANY_CHANGES = _any_changes()
ONE_CHANGE_EACH = _one_change_each(responses=False)
ONE_CHANGE_EACH_WITH_RESPONSES = _one_change_each(responses=True)
