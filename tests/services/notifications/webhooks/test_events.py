"""Events of other services become deliveries, each once, of the documented type."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import orjson

from chassis.ids import uuid7
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from contracts.analytics.v1.summary_pb2 import REPORT_KIND_WEEKLY, Report, Summary
from contracts.auth.v1.auth_events_pb2 import UserDeleted
from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.habit_events_pb2 import (
    CheckInChanged,
    HabitArchived,
    HabitCreated,
    HabitDeleted,
    HabitRestored,
    HabitUpdated,
    PauseChanged,
)
from services.notifications.domain.webhooks import WebhookEventType
from tests.chassis.waiting import eventually
from tests.services.notifications.conftest import LinkedChats
from tests.services.notifications.other_services import DAY, Others, a_check_in, a_reminder
from tests.services.notifications.webhooks.conftest import NewOwner

HABIT = habit_pb2.Habit(id=str(uuid4()), title="Run")
HABIT_EVENTS = (HabitCreated, HabitUpdated, HabitArchived, HabitRestored)


async def test_every_event_becomes_one_delivery_however_often_it_comes(
    others: Others, chats: LinkedChats, new_owner: NewOwner
) -> None:
    person = await chats.person()
    ada = await new_owner(person.id)
    owner_id = str(person.id)
    day = check_in_pb2.CheckIn(habit_id=HABIT.id, check_in_date=DAY, revision=3)
    day.update_time.FromDatetime(datetime.now(UTC))
    report = Report(
        id=str(uuid4()),
        kind=REPORT_KIND_WEEKLY,
        from_date=DAY,
        to_date=DAY,
        summary=Summary(due_count=7, met_count=5),
    )
    published = [
        *(event(owner_id=owner_id, habit=HABIT, revision=1) for event in HABIT_EVENTS),
        HabitDeleted(owner_id=owner_id, habit_id=HABIT.id),
        PauseChanged(owner_id=owner_id, pause=habit_pb2.Pause(from_date=DAY)),
        PauseChanged(owner_id=owner_id, pause=habit_pb2.Pause(from_date=DAY), deleted=True),
        CheckInChanged(owner_id=owner_id, check_in=day),
        a_check_in(person),
        a_reminder(person, missing="2.5", unit="km"),
        ReportReady(owner_id=owner_id, report=report),
    ]
    before = datetime.now(UTC) - timedelta(seconds=1)
    for event in published:
        await others.write_message(event, event_id=uuid7(), times=2)

    async def have_all_come() -> bool:
        return len(await ada.deliveries()) >= len(published)

    await eventually(have_all_come)
    await others.messages(person)  # repeats have been handled by then, too
    payloads = {it.type: orjson.loads(it.payload) for it in await ada.deliveries()}
    assert sorted(it.type for it in await ada.deliveries()) == sorted(WebhookEventType)
    for event_type, payload in payloads.items():
        assert (payload["type"], payload["version"]) == (event_type, "v1")
        assert before < datetime.fromisoformat(payload["timestamp"]) <= datetime.now(UTC)
    data = {event_type: payload["data"] for event_type, payload in payloads.items()}
    assert data["habit.deleted"] == {"habit_id": HABIT.id}
    assert data["habit.created"]["habit"]["title"] == "Run"
    assert data["check_in.changed"]["revision"] == 3
    assert data["goal.reached"]["streak"] == {"length": 4, "unit": "week"}
    assert (data["reminder.due"]["missing"], data["reminder.due"]["unit"]) == (2.5, "km")
    assert (data["report.ready"]["kind"], data["report.ready"]["due"]) == ("weekly", 7)


async def test_events_of_others_and_of_the_deleted_are_not_sent(
    others: Others, chats: LinkedChats, new_owner: NewOwner
) -> None:
    ada, bob, eve = [await chats.person() for _ in range(3)]
    of_bob, of_eve = await new_owner(bob.id), await new_owner(eve.id)
    await others.write_message(UserDeleted(account_id=str(eve.id)))
    for person in (ada, eve):
        await others.write_message(HabitDeleted(owner_id=str(person.id), habit_id=HABIT.id))
    await others.messages(ada)
    assert await of_bob.deliveries() == []
    async with chats.database.connection() as connection:
        for table in ("webhooks", "webhook_deliveries"):
            query = f"SELECT count(*) FROM notifications.{table} WHERE owner_id = $1"
            assert await connection.fetchval(query, of_eve.id) == 0
