"""A reminder in the chat says what became of its day, wherever that was recorded."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.database import Database
from services.notifications.bot.update_poller import UpdatePoller
from services.notifications.dao import reminder_days
from services.notifications.domain.event_data import Streak
from services.notifications.domain.reminder_days import DayChange, DayOutcome, PauseRange
from services.notifications.use_cases import events, reminder_edits
from tests.services.notifications.bot.chat import a_reminder, changed, labels, reminder_due
from tests.services.notifications.bot.peer_services import Habits
from tests.services.notifications.conftest import LinkedChats, Person, SenderOf
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn

TITLE = '🔥 Habit reminder: "Drink water"'
TODAY = datetime.now(UTC).date()
SETTLED_SECONDS = 2.5


class Days:
    """What happens to the days of a person's habit, as its events say."""

    def __init__(self, database: Database, person: Person, habit_id: UUID) -> None:
        self.database = database
        self.person = person
        self.habit_id = habit_id

    def change(self, state: DayOutcome, revision: int, *, streak: int = 0) -> DayChange:
        return DayChange(
            owner_id=self.person.id,
            habit_id=self.habit_id,
            logical_date=TODAY,
            revision=revision,
            state=state,
            streak=Streak(streak),
        )

    async def apply(self, *changes: DayChange) -> None:
        async with self.database.connection() as connection, connection.transaction():
            await events.apply_day_changes(connection, changes, now=datetime.now(UTC))

    async def apply_in_session(self, *changes: DayChange) -> None:
        async with self.database.transaction() as session:
            await reminder_days.apply_day_changes(session, changes, now=datetime.now(UTC))

    async def pause(self, *, deleted: bool = False, to_date: date | None = None) -> None:
        pause = PauseRange(
            owner_id=self.person.id,
            habit_id=None,
            from_date=TODAY,
            to_date=to_date,
            deleted=deleted,
        )
        async with self.database.transaction() as session:
            await events.apply_pause(session, pause, now=datetime.now(UTC))


@pytest.fixture
async def ada(chats: LinkedChats) -> Person:
    return await chats.person()


@pytest.fixture
def days(database: Database, ada: Person) -> Days:
    return Days(database, ada, uuid4())


async def text_becomes(
    telegram: StandIn, person: Person, message: dict[str, Any], text: str
) -> dict[str, Any]:
    """Wait until a message says this, and return it."""
    async with asyncio.timeout(60):
        while (now := await changed(telegram, person, message))["text"] != text:  # noqa: ASYNC110 - the sender edits it
            await asyncio.sleep(0.05)
    return now


async def edits(telegram: StandIn) -> list[str]:
    return [call["text"] for call in await telegram.calls("editMessageText")]


@pytest.mark.parametrize(
    ("state", "streak", "line"),
    [
        (DayOutcome.MET, 12, "✅ Done · 12 days in a row"),
        (DayOutcome.MET, 0, "✅ Done"),
        (DayOutcome.SKIPPED, 0, "⏭ Skipped"),
        (DayOutcome.MISSED, 0, "❌ Not done"),
    ],
)
async def test_a_reminder_answered_elsewhere_says_so_and_loses_its_buttons(
    chats: LinkedChats,
    a_sender: SenderOf,
    days: Days,
    ada: Person,
    state: DayOutcome,
    streak: int,
    line: str,
) -> None:
    message = await a_reminder(chats, a_sender, ada, days.habit_id, due=TODAY)
    async with running(a_sender().run):
        await days.apply(days.change(state, 1, streak=streak))
        edited = await text_becomes(chats.telegram, ada, message, f"{TITLE}\n{line}")
    assert edited["buttons"] == []


async def test_repeated_and_late_events_edit_a_reminder_once(
    chats: LinkedChats, a_sender: SenderOf, days: Days, ada: Person
) -> None:
    """In any order, the newest state wins, and the streak that comes with it is shown."""
    done = days.change(DayOutcome.MET, 3)
    cheered = days.change(DayOutcome.MET, 3, streak=4)
    skipped, cleared = days.change(DayOutcome.SKIPPED, 1), days.change(DayOutcome.OPEN, 2)
    text = f"{TITLE}\n✅ Done · 4 days in a row"
    everything = list(permutations([done, cheered, skipped, cleared]))
    for number, order in enumerate(everything[::9], start=1):
        days.habit_id = uuid4()
        message = await a_reminder(chats, a_sender, ada, days.habit_id, due=TODAY, count=number)
        of_habit = [days.change(it.state, it.revision, streak=it.streak.length) for it in order]
        for change in of_habit:
            await days.apply(change)
            await days.apply_in_session(change)
        async with running(a_sender().run):
            await text_becomes(chats.telegram, ada, message, text)
            await days.apply(*of_habit)
            await asyncio.sleep(SETTLED_SECONDS)
        assert await edits(chats.telegram) == [text] * number


async def test_two_senders_edit_a_reminder_once(
    chats: LinkedChats, a_sender: SenderOf, days: Days, ada: Person
) -> None:
    message = await a_reminder(chats, a_sender, ada, days.habit_id, due=TODAY)
    async with running(a_sender().run), running(a_sender().run):
        await days.apply(days.change(DayOutcome.MET, 1))
        await text_becomes(chats.telegram, ada, message, f"{TITLE}\n✅ Done")
        await asyncio.sleep(SETTLED_SECONDS)
    assert len(await edits(chats.telegram)) == 1


async def test_what_is_taken_back_elsewhere_can_be_answered_again(
    chats: LinkedChats, a_sender: SenderOf, days: Days, ada: Person
) -> None:
    message = await a_reminder(chats, a_sender, ada, days.habit_id, due=TODAY)
    async with running(a_sender().run):
        await days.apply(days.change(DayOutcome.MET, 1))
        await text_becomes(chats.telegram, ada, message, f"{TITLE}\n✅ Done")
        await days.apply(days.change(DayOutcome.OPEN, 2))
        again = await text_becomes(chats.telegram, ada, message, message["text"])
    assert labels(again) == labels(message)


async def test_what_changes_during_an_edit_is_shown_after_it(
    chats: LinkedChats, a_sender: SenderOf, days: Days, ada: Person
) -> None:
    """Else the message says what was taken back, and has no buttons any more."""
    await a_reminder(chats, a_sender, ada, days.habit_id, due=TODAY)
    await days.apply(days.change(DayOutcome.MET, 1))
    now = datetime.now(UTC) + timedelta(seconds=5)
    async with days.database.transaction() as session:
        (first,) = await reminder_edits.claim_edits(session, now=now, limit=1)
    await days.apply(days.change(DayOutcome.OPEN, 2))
    async with days.database.transaction() as session:
        during = await reminder_edits.claim_edits(session, now=now, limit=1)
        await reminder_edits.save_edit(session, first, edited=True, retry_time=None, now=now)
        now += timedelta(seconds=5)
        (second,) = await reminder_edits.claim_edits(session, now=now, limit=1)
    assert during == []
    assert (second.shown_state, second.day_state) == (DayOutcome.MET, DayOutcome.OPEN)


async def test_a_pause_is_shown_until_it_ends(
    chats: LinkedChats, a_sender: SenderOf, days: Days, ada: Person
) -> None:
    message = await a_reminder(chats, a_sender, ada, days.habit_id, due=TODAY)
    async with running(a_sender().run):
        await days.pause()
        paused = await text_becomes(chats.telegram, ada, message, f"{TITLE}\n⏸ Paused")
        assert paused["buttons"] == []
        await days.pause(to_date=TODAY - timedelta(days=1))
        again = await text_becomes(chats.telegram, ada, message, message["text"])
    assert labels(again) == labels(message)


async def test_a_reminder_that_comes_after_its_answer_is_not_sent(
    chats: LinkedChats, a_sender: SenderOf, days: Days, ada: Person
) -> None:
    """Events come in any order: the check-in was heard of before the reminder."""
    await days.apply(days.change(DayOutcome.SKIPPED, 1))
    async with chats.database.transaction() as session:
        due = reminder_due(ada, days.habit_id, due=TODAY)
        await events.write_reminder(session, due, event_id=uuid4(), now=datetime.now(UTC))
    (row,) = await chats.rows(ada)
    assert (row["state"], row["detail"]) == ("dropped", "The habit was done before it was sent.")


async def test_a_reminder_that_comes_after_a_pause_says_that(
    chats: LinkedChats, days: Days, ada: Person
) -> None:
    """A person who asks why nothing came finds the pause, and no check-in they never made."""
    await days.apply(days.change(DayOutcome.OPEN, 1))
    await days.pause()
    async with chats.database.transaction() as session:
        due = reminder_due(ada, days.habit_id, due=TODAY)
        await events.write_reminder(session, due, event_id=uuid4(), now=datetime.now(UTC))
    (row,) = await chats.rows(ada)
    assert (row["state"], row["detail"]) == ("dropped", "The habit was paused before it was sent.")


async def test_an_edit_that_fails_is_tried_again(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf, days: Days, ada: Person
) -> None:
    message = await a_reminder(chats, a_sender, ada, days.habit_id, due=TODAY)
    await telegram.fail("editMessageText", status=429, retry_after=2)
    async with running(a_sender().run):
        await days.apply(days.change(DayOutcome.MET, 1))
        await text_becomes(telegram, ada, message, f"{TITLE}\n✅ Done")
    first, second = [call["time"] for call in await telegram.calls("editMessageText")]
    assert second - first >= 2


async def test_a_press_on_the_reminder_is_its_only_edit(
    chats: LinkedChats,
    a_sender: SenderOf,
    a_bot: Callable[[], UpdatePoller],
    habits: Habits,
    database: Database,
) -> None:
    """The event of the press comes while it is handled, and again afterwards."""
    ada = await chats.person()
    days = Days(database, ada, habits.water)
    message = await a_reminder(chats, a_sender, ada, habits.water, due=TODAY)
    async with running(a_bot().run), running(a_sender().run):
        await chats.telegram.press(ada.chat, message, "✅ Done")
        edited = await changed(chats.telegram, ada, message)
        (row,) = [it for it in await chats.rows(ada) if it["kind"] == "reminder"]
        assert row["shown_revision"] > 0
        change = days.change(DayOutcome.MET, row["shown_revision"], streak=4)
        await days.apply(change)
        await days.apply_in_session(change)
        await asyncio.sleep(SETTLED_SECONDS)
        assert await changed(chats.telegram, ada, message) == edited
        assert len(await edits(chats.telegram)) == 1
        await days.apply(days.change(DayOutcome.SKIPPED, row["shown_revision"] + 1))
        await text_becomes(chats.telegram, ada, message, f"{TITLE}\n⏭ Skipped")
