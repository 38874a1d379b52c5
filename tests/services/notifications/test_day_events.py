"""Events about days mark the reminders that are to be edited."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.message import Message
from sqlalchemy import update

from chassis.database import Database
from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.habit_events_pb2 import (
    CheckInChanged,
    PauseChanged,
)
from services.notifications.tables import MESSAGES
from tests.services.notifications.conftest import LinkedChats, Person
from tests.services.notifications.other_services import Others, a_check_in, a_reminder


def a_changed_day(person: Person, habit_id: str, **other: Any) -> CheckInChanged:
    day: dict[str, Any] = {"habit_id": habit_id, "check_in_date": str(datetime.now(UTC).date())}
    check_in = check_in_pb2.CheckIn(**day, revision=7, **other)
    return CheckInChanged(owner_id=str(person.id), check_in=check_in)


@pytest.mark.parametrize("how", ["done", "skipped", "goal reached", "paused"])
async def test_a_sent_reminder_is_edited_when_its_day_is_answered(
    others: Others, chats: LinkedChats, database: Database, how: str
) -> None:
    ada, habit_id = await chats.person(), str(uuid4())
    today = datetime.now(UTC).date().isoformat()
    await others.write_message(a_reminder(ada, habit_id=habit_id, due_date=today))
    await others.messages(ada)
    async with database.transaction() as session:
        await session.execute(update(MESSAGES).values(state="sent", telegram_id=1))
    telegram = check_in_pb2.SOURCE_TELEGRAM
    event: Message = {
        "done": a_changed_day(ada, habit_id, mark=check_in_pb2.MARK_DONE),
        "skipped": a_changed_day(ada, habit_id, mark=check_in_pb2.MARK_SKIP),
        "goal reached": a_check_in(
            ada, habit_id=habit_id, check_in_date=today, revision=7, source=telegram
        ),
        "paused": PauseChanged(
            owner_id=str(ada.id), pause=habit_pb2.Pause(habit_id=habit_id, from_date=today)
        ),
    }[how]
    await others.write_message(a_changed_day(ada, habit_id, amount="3"), times=2)
    (row,) = await others.messages(ada)
    assert row["edit_time"] is None  # whether an amount is enough, it does not say
    await others.write_message(event, times=2)
    (row,) = await others.messages(ada)
    assert row["edit_time"] is not None


async def test_days_long_past_have_no_reminders_to_edit(
    others: Others, chats: LinkedChats, database: Database
) -> None:
    """An import of ten years passes by."""
    ada = await chats.person()
    day = check_in_pb2.CheckIn(habit_id=str(uuid4()), check_in_date="2016-01-09", revision=1)
    await others.write_message(CheckInChanged(owner_id=str(ada.id), check_in=day))
    await others.messages(ada)
    async with database.connection() as connection:
        stored = "SELECT count(*) FROM notifications.days WHERE owner_id = $1"
        assert await connection.fetchval(stored, ada.id) == 0
