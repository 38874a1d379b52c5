"""What tests do and see in a chat."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.notifications.cache import Cache
from services.notifications.domain.buttons import Measure
from services.notifications.domain.event_data import ReminderDue
from services.notifications.telegram import Telegram
from services.notifications.use_cases import events, links
from tests.services.notifications.bot.peer_services import TODAY
from tests.services.notifications.conftest import LinkedChats, Person, SenderOf
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn


async def a_link(cache: Cache, gateway: Telegram, owner_id: UUID) -> str:
    """Return the code of a deep link."""
    link = await links.create_link(cache, gateway, owner_id, now=datetime.now(UTC))
    return link.url.partition("?start=")[2]


async def link(telegram: StandIn, chat: int, code: str) -> dict[str, Any]:
    """Open a deep link, confirm the account it names, and return the question as it was asked."""
    await telegram.say(chat, f"/start {code}")
    question = await telegram.wait_for_message(chat, "🔗 Link this chat with")
    await telegram.press(chat, question, "✅ Link")
    return question


async def a_reminder(
    chats: LinkedChats,
    sender: SenderOf,
    person: Person,
    habit_id: UUID,
    *,
    due: date = TODAY,
    measure: Measure = Measure.YES_NO,
    count: int = 1,
) -> dict[str, Any]:
    """Let a reminder arrive, the chat's `count`-th, and return it as it stands there."""
    event = reminder_due(person, habit_id, due=due, measure=measure)
    async with chats.database.transaction() as session:
        await events.write_reminder(session, event, event_id=uuid4(), now=datetime.now(UTC))
    async with running(sender().run):
        return await chats.telegram.wait_for_message(person.chat, "Habit reminder", count=count)


def reminder_due(
    person: Person, habit_id: UUID, *, due: date = TODAY, measure: Measure = Measure.YES_NO
) -> ReminderDue:
    """Return the event that a reminder is due."""
    return ReminderDue(
        owner_id=person.id,
        habit_id=habit_id,
        title="Drink water",
        text="",
        due_date=due,
        missing=None,
        unit="",
        measure=measure,
        expire_time=None,
    )


def labels(message: dict[str, Any]) -> list[list[str]]:
    return [[button["text"] for button in row] for row in message["buttons"]]


async def changed(telegram: StandIn, person: Person, message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as it stands now."""
    everything = await telegram.messages(person.chat)
    return next(one for one in everything if one["message_id"] == message["message_id"])
