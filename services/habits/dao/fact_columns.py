"""The facts of many habits as arrays, for those who count everybody.

They come by COPY in its binary format: every row has the same length, so that all of them are read
as one array, without a Python value each.
"""

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

import numpy as np

from chassis.database import Connection
from rhythm.vectorized.day_grid import FactColumns

_HEADER_BYTES, _TRAILER_BYTES = 19, 2
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        *(("size1", ">i4"), ("place", ">i4")),
        *(("size2", ">i4"), ("day", ">i4")),
        *(("size3", ">i4"), ("mark", ">i2")),
        *(("size4", ">i4"), ("amount", ">i8")),
    ]
)
_FACTS = """
    SELECT w.place::integer, d.day - date '0001-01-01' + 1, d.mark, coalesce(d.amount, 0)
    FROM unnest($1::uuid[]) WITH ORDINALITY AS w (habit_id, place)
    JOIN habits.days AS d ON d.habit_id = w.habit_id
    WHERE d.mark <> 0 OR d.amount IS NOT NULL"""
_SHARE = """
    SELECT greatest(d.reltuples / greatest(p.reltuples, 1), 1) FROM pg_class AS d, pg_class AS p
    WHERE d.oid = 'habits.days'::regclass AND p.oid = 'habits.progress'::regclass"""


async def list_fact_columns(connection: Connection, habit_ids: Sequence[UUID]) -> FactColumns:
    """Return all facts of some habits, in the order of the habits and of their days."""
    buffer = BytesIO()
    await connection.copy_from_query(_FACTS, list(habit_ids), output=buffer, format="binary")
    data = buffer.getbuffer()[_HEADER_BYTES:-_TRAILER_BYTES]
    found = np.frombuffer(data, _ROW)
    rows, days = found["place"].astype(np.int64) - 1, found["day"].astype(np.int64)
    order = np.lexsort((days, rows))
    return FactColumns(
        rows=rows[order],
        days=days[order],
        marks=found["mark"].astype(np.uint8)[order],
        amounts=found["amount"].astype(np.int64)[order],
    )


async def days_per_habit(connection: Connection) -> float:
    """Return about how many days a habit has, as the database last counted them; at least 1."""
    share: float = await connection.fetchval(_SHARE)
    return share
