"""What is read and written for many cheers at once: hot, straight on asyncpg."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import orjson

from chassis.database import Connection
from chassis.ids import uuid7
from services.notifications.domain.cheers import Activity
from services.notifications.domain.event_data import HabitDone, Streak, Unit
from services.notifications.domain.messages import Draft
from services.notifications.domain.people import Chat
from services.notifications.domain.sending import State

type BatchKey = tuple[UUID, UUID]
"""A person, and a batch of their check-ins."""

_NEW_EVENTS = """
    INSERT INTO notifications.inbox (event_id) SELECT id FROM unnest($1::uuid[]) AS id ORDER BY id
    ON CONFLICT DO NOTHING RETURNING event_id"""
_ADD_ACTIVITY = """
    INSERT INTO notifications.activity (owner_id) SELECT id FROM unnest($1::uuid[]) AS id
    ORDER BY id ON CONFLICT DO NOTHING"""
_LOCK_ACTIVITY = """
    SELECT owner_id, last_done_date, last_praise_date FROM notifications.activity
    WHERE owner_id = ANY($1::uuid[]) ORDER BY owner_id FOR UPDATE"""
_UPDATE_ACTIVITY = """
    UPDATE notifications.activity AS a
    SET last_done_date = n.last_done_date, last_praise_date = n.last_praise_date
    FROM unnest($1::uuid[], $2::date[], $3::date[])
        AS n (owner_id, last_done_date, last_praise_date)
    WHERE a.owner_id = n.owner_id"""
_ADD_CHEERS = """
    INSERT INTO notifications.messages (id, event_id, owner_id, kind, text, buttons, silent,
        habit_id, logical_date, chat_id, state, detail, create_time, due_time, expire_time,
        batch_id, batch)
    SELECT n.id, n.event_id, n.owner_id, n.kind, n.text, '[]', n.silent, n.habit_id,
        n.logical_date, n.chat_id, n.state, n.detail, n.create_time, n.due_time, n.expire_time,
        n.batch_id, n.batch::jsonb
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::boolean[],
        $7::uuid[], $8::date[], $9::bigint[], $10::text[], $11::text[], $12::timestamptz[],
        $13::timestamptz[], $14::timestamptz[], $15::uuid[], $16::text[])
        AS n (id, event_id, owner_id, kind, text, silent, habit_id, logical_date, chat_id, state,
            detail, create_time, due_time, expire_time, batch_id, batch)
    ON CONFLICT DO NOTHING RETURNING event_id"""
_LOCK_BATCHES = f"""
    SELECT m.owner_id, m.batch_id, m.batch::text FROM notifications.messages AS m
    JOIN unnest($1::uuid[], $2::uuid[]) AS n (owner_id, batch_id) USING (owner_id, batch_id)
    WHERE m.state = '{State.PENDING.value}' ORDER BY m.id FOR UPDATE OF m"""  # noqa: S608
_REPLACE_BATCHES = """
    UPDATE notifications.messages AS m
    SET text = n.text, batch = n.batch::jsonb, due_time = $5
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
        AS n (owner_id, batch_id, text, batch)
    WHERE m.owner_id = n.owner_id AND m.batch_id = n.batch_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheer:
    """A cheer as it is first written down.

    Attributes:
        event_id: The event that led to it.
        draft: What to send.
        chat: Where to; None when there is none.
        silent: Whether it comes without a sound.
        drop_reason: Why it is not sent; empty when it is.
        due_time: When to send it.
        batch: The habit that it cheers, if others of its batch may follow; otherwise None.
    """

    event_id: UUID
    draft: Draft
    chat: Chat | None
    silent: bool
    drop_reason: str
    due_time: datetime
    batch: HabitDone | None


async def add_to_inbox(connection: Connection, event_ids: Sequence[UUID]) -> set[UUID]:
    """Store the ids of events; return those that are new. Waits while another handles the same."""
    rows = await connection.fetch(_NEW_EVENTS, event_ids)
    return {row["event_id"] for row in rows}


async def lock_activities(
    connection: Connection, owner_ids: Sequence[UUID]
) -> dict[UUID, Activity]:
    """Return the activity of people and lock it, so that of two cheers one is the day's first."""
    await connection.execute(_ADD_ACTIVITY, owner_ids)
    rows = await connection.fetch(_LOCK_ACTIVITY, owner_ids)
    return {
        row["owner_id"]: Activity(row["last_done_date"], row["last_praise_date"]) for row in rows
    }


async def update_activities(connection: Connection, activities: Mapping[UUID, Activity]) -> None:
    """Store the activity of people, which is locked."""
    await connection.execute(
        _UPDATE_ACTIVITY,
        list(activities),
        [it.last_done_date for it in activities.values()],
        [it.last_praise_date for it in activities.values()],
    )


async def add_cheers(
    connection: Connection, cheers: Sequence[NewCheer], *, now: datetime
) -> set[UUID]:
    """Write cheers down; return the events of those that were.

    The others are repeats: their event, their batch or their day has its cheer already.
    """
    rows = [
        (
            uuid7(),
            it.event_id,
            it.draft.owner_id,
            it.draft.kind.value,
            it.draft.text,
            it.silent,
            it.draft.habit_id,
            it.draft.logical_date,
            it.chat.chat_id if it.chat is not None else None,
            (State.DROPPED if it.drop_reason else State.PENDING).value,
            it.drop_reason,
            now,
            it.due_time,
            it.draft.expire_time,
            it.batch.batch_id if it.batch is not None else None,
            _batch_to_column([it.batch]) if it.batch is not None else None,
        )
        for it in cheers
    ]
    stored = await connection.fetch(_ADD_CHEERS, *zip(*rows, strict=True))
    return {row["event_id"] for row in stored}


async def lock_unsent_batches(
    connection: Connection, events: Mapping[BatchKey, HabitDone]
) -> dict[BatchKey, list[HabitDone]]:
    """Return the habits that the unsent cheers of the events' batches name, and lock those.

    A batch that has no such cheer, or whose cheer is sent already, is left out.
    """
    owner_ids, batch_ids = [key[0] for key in events], [key[1] for key in events]
    rows = await connection.fetch(_LOCK_BATCHES, owner_ids, batch_ids)
    return {
        (row["owner_id"], row["batch_id"]): [
            replace(
                events[row["owner_id"], row["batch_id"]],
                habit_id=UUID(it["habit_id"]),
                title=it["title"],
                logical_date=date.fromisoformat(it["logical_date"]),
                streak=Streak(it["length"], Unit(it["unit"])),
            )
            for it in orjson.loads(row["batch"] or "[]")
        ]
        for row in rows
    }


async def replace_batch_cheers(
    connection: Connection,
    drafts: Mapping[BatchKey, tuple[Draft, Sequence[HabitDone]]],
    *,
    due_time: datetime,
) -> None:
    """Save the texts of the cheers of batches, and the habits that each names."""
    await connection.execute(
        _REPLACE_BATCHES,
        [key[0] for key in drafts],
        [key[1] for key in drafts],
        [draft.text for draft, _ in drafts.values()],
        [_batch_to_column(done) for _, done in drafts.values()],
        due_time,
    )


def _batch_to_column(done: Sequence[HabitDone]) -> str:
    """Return the habits of a batch as they are stored with its cheer."""
    return orjson.dumps(
        [
            {
                "habit_id": str(it.habit_id),
                "title": it.title,
                "logical_date": it.logical_date.isoformat(),
                "length": it.streak.length,
                "unit": it.streak.unit.value,
            }
            for it in done
        ]
    ).decode()
