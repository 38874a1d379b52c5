"""Many people and habits at once: copies of one person whom the product itself has made.

A template is made over REST, with its history. Its rows are copied by the database under other
ids, all of them, so what is derived from them is as valid for a copy as for the template.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg

TABLES: Mapping[str, Mapping[str, str]] = {
    "habits.people": {"owner_id": "owner_id"},
    "habits.habits": {"id": "habit_id", "owner_id": "owner_id"},
    "habits.progress": {"habit_id": "habit_id"},
    "habits.days": {"habit_id": "habit_id"},
    "habits.changes": {"habit_id": "habit_id", "actor_id": "owner_id"},
    "analytics.people": {"owner_id": "owner_id"},
    "analytics.habits": {"habit_id": "habit_id", "owner_id": "owner_id"},
    "analytics.days": {"habit_id": "habit_id", "owner_id": "owner_id"},
    "analytics.monthly_totals": {"owner_id": "owner_id"},
}
"""What is copied: by table, the columns that hold the id of a habit or of its owner."""

_COLUMNS = """
    SELECT array_agg(quote_ident(attname) ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""


@dataclass(frozen=True)
class Template:
    """The person that is copied, and their habits."""

    owner_id: uuid.UUID
    habit_ids: tuple[uuid.UUID, ...]


def clone_id(template_id: uuid.UUID, number: int) -> uuid.UUID:
    """Return the id that copy `number`, 1 or more, has in place of one of the template's."""
    return uuid.UUID(f"{str(template_id)[:24]}{number:012x}")


def habits_of(template: Template, numbers: Sequence[int]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return the habits of some copies, each as its id and its owner's."""
    return [
        (clone_id(habit_id, number), clone_id(template.owner_id, number))
        for number in numbers
        for habit_id in template.habit_ids
    ]


async def clone(
    connection: asyncpg.Connection[asyncpg.Record],
    template: Template,
    numbers: range,
    *,
    schemas: Sequence[str] = ("habits", "analytics"),
) -> None:
    """Copy a person, once for each number.

    Args:
        connection: To the database of the services.
        template: Whom to copy; nothing of theirs may be on its way through the mesh.
        numbers: Consecutive, from 1 on, each used once for a template.
        schemas: The services whose rows are copied.
    """
    for table, ids in TABLES.items():
        if table.partition(".")[0] not in schemas:
            continue
        columns: list[str] = await connection.fetchval(_COLUMNS, table)
        copied = ", ".join(_copied(name) if name in ids else f"t.{name}" for name in columns)
        is_habit = "habit_id" in ids.values()
        key = next(name for name, kind in ids.items() if not is_habit or kind == "habit_id")
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied}"
            f" FROM generate_series($1::bigint, $2::bigint) AS n, {table} AS t"
            f" WHERE t.{key} = ANY($3)",
            numbers.start,
            numbers.stop - 1,
            template.habit_ids if is_habit else [template.owner_id],
            timeout=None,
        )
    await connection.execute("VACUUM (ANALYZE)", timeout=None)


def _copied(column: str) -> str:
    return f"(left(t.{column}::text, 24) || lpad(to_hex(n), 12, '0'))::uuid"
