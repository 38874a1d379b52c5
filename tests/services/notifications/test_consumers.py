"""What is heard from the broker becomes a message, once."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import update

from chassis.database import Database
from chassis.ids import uuid7
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from contracts.analytics.v1.summary_pb2 import REPORT_KIND_DAILY, Report, Summary
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.habit_events_pb2 import (
    HabitArchived,
    HabitDeleted,
)
from services.notifications.tables import MESSAGES
from tests.services.notifications.conftest import LinkedChats, Person
from tests.services.notifications.other_services import Others, a_check_in, a_reminder


async def test_a_reminder_becomes_one_message_however_often_it_is_told(
    others: Others, chats: LinkedChats
) -> None:
    ada = await chats.person()
    await others.write_message(a_reminder(ada), times=3)
    (row,) = await others.messages(ada)
    assert row["text"] == (
        "🔥 Habit reminder: \"Drink water\"\nYou haven't completed it today — let's go!"
    )
    assert (row["kind"], row["state"], row["chat_id"]) == ("reminder", "pending", ada.chat)
    assert row["expire_time"] is not None


async def test_a_quantity_says_what_is_missing(others: Others, chats: LinkedChats) -> None:
    ada = await chats.person()
    await others.write_message(
        a_reminder(ada, measure=habit_pb2.MEASURE_QUANTITY, missing="3.000", unit="km")
    )
    (row,) = await others.messages(ada)
    assert row["text"].endswith("\n3 km to go")


async def test_a_limit_is_reminded_of_as_a_limit(others: Others, chats: LinkedChats) -> None:
    ada = await chats.person()
    limit = a_reminder(
        ada, measure=habit_pb2.MEASURE_QUANTITY, direction=habit_pb2.DIRECTION_AT_MOST
    )
    await others.write_message(limit)
    (row,) = await others.messages(ada)
    assert "staying below your limit" in row["text"]


async def test_a_check_in_is_cheered(others: Others, chats: LinkedChats) -> None:
    ada = await chats.person()
    await others.write_message(a_check_in(ada))
    (row,) = await others.messages(ada)
    assert row["text"] == '🔥 "Run": 4 weeks in a row. Keep it up!'


async def test_one_milestone_a_day_is_praised(others: Others, chats: LinkedChats) -> None:
    """The second one has the usual words: every check-in is confirmed, the praise is rare."""
    ada = await chats.person()
    for title in ("Run", "Read"):
        streak = check_in_pb2.Streak(length_count=7, unit=check_in_pb2.UNIT_DAY)
        await others.write_message(a_check_in(ada, title=title, current_streak=streak))
    assert [row["text"] for row in await others.messages(ada)] == [
        '🏆 "Run": 7 days in a row! That is something to be proud of.',
        '🔥 "Read": 7 days in a row. Keep it up!',
    ]


async def test_who_comes_back_is_welcome(others: Others, chats: LinkedChats) -> None:
    """What was last done was done in the chat, which says nothing more but is remembered."""
    ada = await chats.person()
    telegram = check_in_pb2.SOURCE_TELEGRAM
    await others.write_message(a_check_in(ada, check_in_date="2026-01-01", source=telegram))
    streak = check_in_pb2.Streak(length_count=1, unit=check_in_pb2.UNIT_DAY)
    await others.write_message(a_check_in(ada, check_in_date="2026-01-09", current_streak=streak))
    (row,) = await others.messages(ada)
    assert row["text"] == '👋 Welcome back! "Run": done. The first step is the hardest one.'


async def test_a_day_is_cheered_once(others: Others, chats: LinkedChats) -> None:
    """Taken back and done again: another event, the same day."""
    ada = await chats.person()
    habit_id = str(uuid4())
    for _ in range(2):
        await others.write_message(a_check_in(ada, habit_id=habit_id))
    assert len(await others.messages(ada)) == 1


async def test_what_was_done_in_the_chat_was_cheered_there(
    others: Others, chats: LinkedChats
) -> None:
    ada = await chats.person()
    await others.write_message(a_check_in(ada, source=check_in_pb2.SOURCE_TELEGRAM))
    assert await others.messages(ada) == []


async def test_a_reminder_that_still_waits_is_dropped_when_the_habit_is_done(
    others: Others, chats: LinkedChats
) -> None:
    ada = await chats.person()
    habit_id = str(uuid4())
    await others.write_message(a_reminder(ada, habit_id=habit_id))
    await others.write_message(
        a_check_in(ada, habit_id=habit_id, source=check_in_pb2.SOURCE_TELEGRAM)
    )
    (row,) = await others.messages(ada)
    assert (row["state"], row["detail"]) == ("dropped", "The habit was done before it was sent.")


@pytest.mark.parametrize("ended", ["archived", "deleted"])
async def test_a_habit_that_has_ended_is_not_reminded_of(
    others: Others, chats: LinkedChats, ended: str
) -> None:
    ada = await chats.person()
    habit_id = str(uuid4())
    await others.write_message(a_reminder(ada, habit_id=habit_id))
    await others.write_message(
        HabitArchived(owner_id=str(ada.id), habit=habit_pb2.Habit(id=habit_id))
        if ended == "archived"
        else HabitDeleted(owner_id=str(ada.id), habit_id=habit_id)
    )
    (row,) = await others.messages(ada)
    assert row["state"] == "dropped"


async def test_a_report_is_told(others: Others, chats: LinkedChats) -> None:
    ada = await chats.person()
    report = Report(
        kind=REPORT_KIND_DAILY,
        completed_habit_count=3,
        recommendation_text="Try mornings.",
        summary=Summary(longest_streak_unit="day"),
    )
    await others.write_message(ReportReady(owner_id=str(ada.id), report=report, streak_count=4))
    (row,) = await others.messages(ada)
    assert row["text"] == (
        "💡 Daily Report Ready!\n• 3 habits completed\n• Streak: 4 days\n"
        "• Recommendation: Try mornings."
    )
    assert json.loads(row["buttons"]) == [[{"label": "💡 See suggestions", "data": "tips"}]]


async def test_who_has_no_chat_can_see_what_was_not_sent(others: Others) -> None:
    nobody = Person(uuid4(), 0)
    await others.write_message(a_reminder(nobody))
    (row,) = await others.messages(nobody)
    assert (row["state"], row["detail"]) == ("dropped", "No chat is linked.")


async def test_quiet_hours_are_by_the_zone_last_told(
    others: Others, chats: LinkedChats, database: Database
) -> None:
    """Somebody moves to where it is three at night; news of an older zone comes late."""
    ada = await chats.person()
    async with database.connection() as connection:
        await connection.execute(
            """INSERT INTO notifications.preferences
               VALUES ($1, true, '02:00', '05:00', NULL, true, true, true, 1)""",
            ada.id,
        )
    for zone, revision in ((zone_where_it_is(3), 2), (zone_where_it_is(12), 1)):
        account = Account(id=str(ada.id), timezone=zone, revision=revision)
        await others.write_message(UserUpdated(account=account))
    await others.write_message(a_check_in(ada))
    (row,) = await others.messages(ada)
    assert row["silent"] is True


def zone_where_it_is(hour: int) -> str:
    """Return a zone whose clocks show this hour now. Its sign is that of POSIX: west is plus."""
    behind = (datetime.now(UTC).hour - hour) % 24
    return f"Etc/GMT{behind if behind <= 12 else behind - 24:+d}"


async def test_the_forgotten_stay_forgotten(others: Others, chats: LinkedChats) -> None:
    """Events of somebody who has left may still be on their way."""
    ada = await chats.person()
    await others.write_message(a_check_in(ada))
    assert len(await others.messages(ada)) == 1
    await others.write_message(UserDeleted(account_id=str(ada.id)))
    await others.write_message(UserRegistered(account=Account(id=str(ada.id), revision=1)))
    await others.write_message(a_reminder(ada))
    assert await others.messages(ada) == []


async def test_a_batch_is_cheered_in_one_message(others: Others, chats: LinkedChats) -> None:
    """Thirty habits done at once are one message, with the longest streaks; not thirty."""
    ada, batch_id = await chats.person(), str(uuid4())
    for length in range(1, 31):
        streak = check_in_pb2.Streak(length_count=length, unit=check_in_pb2.UNIT_DAY)
        event = a_check_in(ada, batch_id=batch_id, title=f"No. {length}", current_streak=streak)
        await others.write_message(event, event_id=(event_id := uuid7()))
        await others.write_message(event, event_id=event_id)
    (row,) = await others.messages(ada)
    assert row["text"] == (
        "🎉 30 habits done. Well done!\n🔥 No. 30: 30 days in a row\n"
        "🔥 No. 29: 29 days in a row\n🔥 No. 28: 28 days in a row"
    )
    assert row["due_time"] > row["create_time"]


async def test_a_batch_that_is_cheered_already_is_not_cheered_again(
    others: Others, chats: LinkedChats, database: Database
) -> None:
    ada, batch_id = await chats.person(), str(uuid4())
    await others.write_message(a_check_in(ada, batch_id=batch_id))
    (first,) = await others.messages(ada)
    async with database.transaction() as session:
        await session.execute(update(MESSAGES).values(state="sent"))
    await others.write_message(a_check_in(ada, batch_id=batch_id, title="Late"))
    assert [row["text"] for row in await others.messages(ada)] == [first["text"]]
