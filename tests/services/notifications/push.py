"""People with subscribed browsers, and reminders for them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.database import Database
from chassis.ids import uuid7
from chassis.public_addresses import parse_networks
from services.notifications.domain.buttons import Measure
from services.notifications.domain.event_data import ReminderDue
from services.notifications.domain.people import Person as StoredPerson
from services.notifications.domain.push import PushSubscription, PushTarget
from services.notifications.use_cases import events, push
from services.notifications.web_push import WebPush
from tests.push_service import PushService

LOCAL = parse_networks(["127.0.0.0/8"])
KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
"""That of RFC 8291, appendix A."""
DAY = date(2026, 1, 9)


def web_push(**other: Any) -> WebPush:
    """Return our side of the push service; a request that takes a second has timed out."""
    parts: dict[str, Any] = {"timeout": timedelta(seconds=1), "allowed": LOCAL} | other
    return WebPush(KEY, contact="ada@example.com", **parts)


async def subscribed(
    database: Database, service: PushService, owner_id: UUID | None = None
) -> PushSubscription:
    """Subscribe a new browser of a person, who is a new one unless given."""
    owner_id = owner_id or uuid4()
    endpoint, browser = service.subscribe()
    target = PushTarget(
        endpoint=endpoint,
        p256dh_key=browser.p256dh_key,
        auth_secret=browser.auth_secret,
        device="Firefox on Linux",
    )
    async with database.transaction() as session:
        await events.upsert_person(session, StoredPerson(owner_id=owner_id, revision=1))
        return await push.upsert_subscription(
            session, owner_id, target, allowed=LOCAL, now=datetime.now(UTC)
        )


def a_due_reminder(owner_id: UUID, **other: Any) -> ReminderDue:
    values: dict[str, Any] = {
        "habit_id": uuid4(),
        "title": "Drink water",
        "text": "One glass, please.",
        "due_date": DAY,
        "missing": None,
        "unit": "",
        "measure": Measure.YES_NO,
        "expire_time": datetime.now(UTC) + timedelta(hours=2),
    }
    return ReminderDue(owner_id=owner_id, **values | other)


async def remind(database: Database, event: ReminderDue, *, event_id: UUID | None = None) -> None:
    """Write a reminder down, as its event has it."""
    async with database.transaction() as session:
        await events.write_reminder(
            session, event, event_id=event_id or uuid7(), now=datetime.now(UTC)
        )
