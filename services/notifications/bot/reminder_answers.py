"""A reminder whose button is pressed: its handler edits it, and the sender does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.notifications.bot.context import BotServices
from services.notifications.bot.habits_client import ActionResult
from services.notifications.domain.buttons import ButtonAction
from services.notifications.telegram.library import types
from services.notifications.use_cases import reminder_edits


@dataclass(slots=True)
class ReminderAnswer:
    """What came of a button; None while it is handled, and when it failed."""

    result: ActionResult | None = None


@asynccontextmanager
async def answering_reminder(
    services: BotServices, callback: types.CallbackQuery, action: ButtonAction
) -> AsyncIterator[ReminderAnswer]:
    """Handle a button of a reminder inside the block, and set its result there."""
    answer = ReminderAnswer()
    if callback.message is None:
        yield answer
        return
    place = callback.message.chat.id, callback.message.message_id
    async with services.database.transaction() as session:
        await reminder_edits.hold_edits(session, action, place, now=services.now())
    try:
        yield answer
    finally:
        revision = answer.result.revision if answer.result is not None else None
        async with services.database.transaction() as session:
            await reminder_edits.save_answer(
                session, action, place, revision=revision, now=services.now()
            )
