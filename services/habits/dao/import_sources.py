"""Stores which habit was made of which habit of another tracker's file."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec

from chassis.database import Connection
from services.habits.domain.imports import SourceFields

_FIELDS = (
    "SELECT habit_id, fields::text FROM habits.import_sources WHERE owner_id = $1 AND source = $2"
)
_LINKS = """
    SELECT external_id, habit_id, digest FROM habits.import_sources
    WHERE owner_id = $1 AND source = $2"""
_UPSERT = """
    INSERT INTO habits.import_sources (owner_id, source, external_id, habit_id, digest, fields)
    VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)
    ON CONFLICT (owner_id, source, external_id) DO UPDATE
    SET habit_id = excluded.habit_id, digest = excluded.digest, fields = excluded.fields"""

_read = msgspec.json.Decoder(SourceFields).decode


class SourceLink(NamedTuple):
    """The habit that was made of a habit of a file, and that one's digest."""

    habit_id: UUID
    digest: bytes


async def find_source_fields(
    connection: Connection, owner_id: UUID, source: str
) -> dict[UUID, SourceFields]:
    """Return what only a source has of a person's habits, by habit."""
    rows = await connection.fetch(_FIELDS, owner_id, source)
    return {row["habit_id"]: _read(row["fields"]) for row in rows if row["fields"]}


async def list_links(
    connection: Connection, owner_id: UUID, source: str
) -> Mapping[str, SourceLink]:
    """Return the habits that came of a source, by their external id."""
    rows = await connection.fetch(_LINKS, owner_id, source)
    return {row["external_id"]: SourceLink(row["habit_id"], row["digest"]) for row in rows}


async def upsert_link(
    connection: Connection,
    owner_id: UUID,
    source: str,
    external_id: str,
    link: SourceLink,
    fields: SourceFields | None,
) -> None:
    """Store what a habit came of."""
    text = None if fields is None else msgspec.json.encode(fields).decode()
    await connection.execute(
        _UPSERT, owner_id, source, external_id, link.habit_id, link.digest, text
    )
