"""Cheers that are written many at once are those that are written one by one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from chassis.ids import uuid7
from services.notifications.domain.event_data import HabitDone, Streak
from services.notifications.domain.people import Chat
from services.notifications.use_cases import cheers, links

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
OWNERS, HABITS, BATCHES = 3, 4, 2
_SHOWN = """
    SELECT habit_id, logical_date, text, state, detail, batch::text, due_time
    FROM notifications.messages WHERE owner_id = ANY($1) ORDER BY create_time, text, habit_id"""
_ACTIVITY = (
    "SELECT last_done_date, last_praise_date FROM notifications.activity WHERE owner_id = $1"
)

type Events = dict[UUID, HabitDone]

steps = st.lists(
    st.tuples(
        st.integers(0, OWNERS - 1),
        st.integers(0, HABITS - 1),
        st.integers(0, BATCHES),  # 0 is no batch
        st.sampled_from((0, 1, 3, 5, 7)),  # the streak
        st.integers(0, 9),  # how many days ago
        st.booleans(),  # from the chat
    ),
    min_size=1,
    max_size=14,
)


def events_of(
    found: Sequence[tuple[int, int, int, int, int, bool]], owners: Sequence[UUID]
) -> Events:
    """Return events of these people; equal numbers are equal habits and batches of a person."""
    return {
        uuid7(): HabitDone(
            owner_id=owners[owner],
            habit_id=UUID(int=owners[owner].int ^ habit + 1),
            title=f"Habit {habit}",
            logical_date=(NOW - timedelta(days=ago)).date(),
            streak=Streak(streak),
            from_chat=from_chat,
            revision=number,
            batch_id=UUID(int=owners[owner].int ^ batch << 8) if batch else None,
        )
        for number, (owner, habit, batch, streak, ago, from_chat) in enumerate(found, 1)
    }


async def people(database: Database) -> list[UUID]:
    """Make people, all but the last with a chat."""
    owners = [uuid4() for _ in range(OWNERS)]
    async with database.transaction() as session:
        for owner_id in owners[:-1]:
            chat = Chat(
                owner_id=owner_id, chat_id=owner_id.int % 2**50, title="Ada", create_time=NOW
            )
            await links.link_chat(session, chat)
    return owners


async def write(database: Database, events: Mapping[UUID, HabitDone]) -> set[UUID]:
    async with database.connection() as connection, connection.transaction():
        return await cheers.write_cheers(connection, events, now=NOW)


async def shown(database: Database, owners: Sequence[UUID]) -> list[Any]:
    """Return what is stored of people, without the ids that differ from one person to another."""
    found: list[Any] = []
    async with database.connection() as connection:
        for owner_id in owners:
            rows = await connection.fetch(_SHOWN, [owner_id])
            found.append(sorted(_plain(owner_id, tuple(row.values())) for row in rows))
            found.append(await connection.fetchrow(_ACTIVITY, owner_id))
    return found


def _plain(owner_id: UUID, values: tuple[Any, ...]) -> str:
    text = str((values[0] and values[0].int ^ owner_id.int, *values[1:]))
    for habit in range(HABITS):
        text = text.replace(str(UUID(int=owner_id.int ^ habit + 1)), f"habit {habit}")
    return text


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(found=steps)
async def test_many_at_once_are_like_one_by_one(
    database: Database, found: list[tuple[int, int, int, int, int, bool]]
) -> None:
    together, alone = await people(database), await people(database)
    await write(database, events_of(found, together))
    for event_id, done in events_of(found, alone).items():
        await write(database, {event_id: done})
    assert await shown(database, together) == await shown(database, alone)


@pytest.mark.parametrize("split", [0, 1, 2, 3])
async def test_a_batch_has_one_cheer_however_its_events_arrive(
    database: Database, split: int
) -> None:
    owners = await people(database)
    events = events_of([(0, habit, 1, 2, 0, False) for habit in range(3)], owners)
    first, second = list(events.items())[:split], list(events.items())[split:]
    await write(database, dict(first))
    await write(database, dict(second))
    async with database.connection() as connection:
        [row] = await connection.fetch(_SHOWN, owners)
    assert row["text"].startswith("🎉 3 habits done")


async def test_an_event_that_comes_again_is_not_new(database: Database) -> None:
    events = events_of([(0, 0, 0, 1, 0, False), (1, 0, 0, 1, 0, False)], await people(database))
    repeated = dict(list(events.items())[:1])
    assert await write(database, repeated) == set(repeated)
    assert await write(database, events) == set(events) - set(repeated)
    assert await write(database, events) == set()
