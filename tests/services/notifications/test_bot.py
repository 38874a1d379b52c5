"""The chat, as the person in it sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.database import Database
from chassis.rpc.channel import connect
from contracts.auth.v1 import auth_service_pb2
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.habits.v1 import (
    check_in_pb2,
    check_in_service_pb2,
    progress_service_pb2,
    reminder_service_pb2,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from contracts.habits.v1.reminder_service_pb2_grpc import ReminderServiceStub
from services.notifications.bot import habits as bot_habits
from services.notifications.bot.conversation import Conversation
from services.notifications.bot.listener import Listener
from services.notifications.bot.proxy import Proxy
from services.notifications.cache import Cache
from services.notifications.domain import answers
from services.notifications.domain.buttons import Measure
from services.notifications.domain.facts import ReminderDue
from services.notifications.domain.people import Person as Known
from services.notifications.telegram import Telegram
from services.notifications.use_cases import facts, links
from tests.builders import SigningKey
from tests.services.notifications.conftest import Person, SenderOf, Town
from tests.services.notifications.neighbors import SECRET, TODAY, Auth, Day, Habits, serving
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def auth(signing_key: SigningKey) -> Auth:
    return Auth(signing_key)  # type: ignore[abstract]  # what the bot calls is there


@pytest.fixture
def habits() -> Habits:
    return Habits()  # type: ignore[abstract]  # what the bot calls is there


@pytest.fixture
async def a_bot(
    database: Database, cache: Cache, gateway: Telegram, auth: Auth, habits: Habits
) -> AsyncIterator[Callable[[], Listener]]:
    """Lend a function that makes bots which can call auth and habits."""
    files = (
        auth_service_pb2.DESCRIPTOR,
        check_in_service_pb2.DESCRIPTOR,
        progress_service_pb2.DESCRIPTOR,
        reminder_service_pb2.DESCRIPTOR,
    )
    async with serving(auth, habits) as target, connect(target, *files) as channel:

        def make() -> Listener:
            asked = bot_habits.Habits(
                Proxy(AuthServiceStub(channel), delegation_secret=SECRET),
                CheckInServiceStub(channel),
                ProgressServiceStub(channel),
                ReminderServiceStub(channel),
            )
            return Listener(gateway, cache, Conversation(database, cache, gateway, asked))

        yield make


@pytest.fixture
async def bot(a_bot: Callable[[], Listener]) -> AsyncIterator[None]:
    """Let a bot listen during the test."""
    async with running(a_bot().run):
        yield


async def a_link(cache: Cache, gateway: Telegram, owner_id: UUID) -> str:
    """Return the code of a deep link."""
    link = await links.create_link(cache, gateway, owner_id, now=datetime.now(UTC))
    return link.url.partition("?start=")[2]


async def a_reminder(
    town: Town,
    sender: SenderOf,
    person: Person,
    habit_id: UUID,
    *,
    due: date = TODAY,
    measure: Measure = Measure.YES_NO,
    count: int = 1,
) -> dict[str, Any]:
    """Let a reminder arrive, the chat's `count`-th, and return it as it stands there."""
    fact = ReminderDue(
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
    async with town.database.transaction() as session:
        await facts.remind(session, fact, event_id=uuid4(), now=datetime.now(UTC))
    async with running(sender().run):
        return await town.telegram.heard(person.chat, "Habit reminder", count=count)


def labels(message: dict[str, Any]) -> list[list[str]]:
    return [[button["text"] for button in row] for row in message["buttons"]]


async def changed(telegram: StandIn, person: Person, message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as it stands now."""
    everything = await telegram.messages(person.chat)
    return next(one for one in everything if one["message_id"] == message["message_id"])


async def test_a_deep_link_links_the_chat_once(
    bot: None, town: Town, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    ada, chat, other = uuid4(), await telegram.open_chat("Ada"), await telegram.open_chat("Eve")
    async with town.database.transaction() as session:
        await facts.know_person(session, Known(owner_id=ada, display_name="Ada", revision=1))
    code = await a_link(cache, gateway, ada)
    await telegram.say(chat, f"/start {code}")
    await telegram.heard(chat, "✅ Linked! Hello, Ada.")
    await telegram.say(other, f"/start {code}")
    await telegram.heard(other, answers.LINK_SPENT)
    async with town.database.transaction() as session:
        linked = await links.get_chat(session, ada)
    assert (linked.chat_id, linked.title) == (chat, "Ada")


async def test_linking_another_chat_moves_the_person(
    bot: None, town: Town, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    ada = await town.person()
    phone = await telegram.open_chat("New phone")
    await telegram.say(phone, f"/start {await a_link(cache, gateway, ada.id)}")
    await telegram.heard(phone, "✅ Linked!")
    await telegram.heard(ada.chat, answers.MOVED_AWAY)
    await telegram.say(ada.chat, "/today")
    await telegram.heard(ada.chat, answers.HOW_TO_LINK)


async def test_a_chat_that_links_another_account_changes_hands(
    bot: None, town: Town, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    ada, bob = await town.person(), uuid4()
    await telegram.say(ada.chat, f"/start {await a_link(cache, gateway, bob)}")
    await telegram.heard(ada.chat, "✅ Linked!")
    async with town.database.transaction() as session:
        owner = await links.find_owner(session, ada.chat)
    assert owner is not None
    assert owner.owner_id == bob


async def test_strangers_are_told_how_to_link(bot: None, telegram: StandIn) -> None:
    chat = await telegram.open_chat()
    for number, text in enumerate(("/start", "/today", "good morning"), start=1):
        await telegram.say(chat, text)
        await telegram.heard(chat, answers.HOW_TO_LINK, count=number)
    await telegram.say(chat, "/start 0123456789")
    await telegram.heard(chat, answers.LINK_SPENT)


async def test_what_is_not_understood_gets_help(bot: None, town: Town, telegram: StandIn) -> None:
    ada = await town.person()
    await telegram.heard(ada.chat, answers.NOT_UNDERSTOOD)  # the town's "hello"
    await telegram.say(ada.chat, "/help")
    await telegram.heard(ada.chat, answers.HELP)
    await telegram.say(ada.chat, "/start")
    await telegram.heard(ada.chat, answers.LINKED_ALREADY)


async def test_done_checks_in_and_shows_it_in_place(
    bot: None, town: Town, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await town.person()
    reminder = await a_reminder(town, a_sender, ada, habits.water)
    assert labels(reminder) == [["✅ Done", "⏭ Skip", "⏰ Later"]]
    toast = await telegram.press(ada.chat, reminder, "✅ Done")
    assert toast["text"] == "✅ Done · 4 days in a row"
    shown = await changed(telegram, ada, reminder)
    assert shown["text"] == '🔥 Habit reminder: "Drink water"\n✅ Done · 4 days in a row'
    assert labels(shown) == [["↩️ Undo"]]
    assert habits.days[habits.water, TODAY].mark == check_in_pb2.MARK_DONE
    assert habits.callers == {ada.id}
    assert habits.sources == {check_in_pb2.SOURCE_TELEGRAM}


async def test_an_answer_after_midnight_counts_for_the_day_of_the_reminder(
    bot: None, town: Town, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await town.person()
    reminder = await a_reminder(town, a_sender, ada, habits.water, due=YESTERDAY)
    await telegram.press(ada.chat, reminder, "✅ Done")
    assert list(habits.days) == [(habits.water, YESTERDAY)]


async def test_undo_takes_back_what_the_button_did(
    bot: None, town: Town, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await town.person()
    reminder = await a_reminder(town, a_sender, ada, habits.water)
    await telegram.press(ada.chat, reminder, "✅ Done")
    toast = await telegram.press(ada.chat, await changed(telegram, ada, reminder), "↩️ Undo")
    assert toast["text"] == answers.UNDONE_WORDS
    assert habits.days[habits.water, TODAY].mark == check_in_pb2.MARK_UNSPECIFIED
    shown = await changed(telegram, ada, reminder)
    assert labels(shown) == [["✅ Done", "⏭ Skip", "⏰ Later"]]


async def test_undo_leaves_alone_what_came_after(
    bot: None, town: Town, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    """Another day was filled in meanwhile: undo would take back that one."""
    ada = await town.person()
    first = await a_reminder(town, a_sender, ada, habits.water, due=YESTERDAY)
    await telegram.press(ada.chat, first, "✅ Done")
    second = await a_reminder(town, a_sender, ada, habits.water, count=2)
    await telegram.press(ada.chat, second, "✅ Done")
    toast = await telegram.press(ada.chat, await changed(telegram, ada, first), "↩️ Undo")
    assert (toast["text"], toast["show_alert"]) == (answers.UNDO_LATE, True)
    assert len(habits.changes) == 2


async def test_skip_and_later(
    bot: None, town: Town, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await town.person()
    reminder = await a_reminder(town, a_sender, ada, habits.water)
    later = await telegram.press(ada.chat, reminder, "⏰ Later")
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    assert later["text"] in {
        f"⏰ I will remind you again at {moment:%H:%M}"
        for moment in (in_an_hour, in_an_hour - timedelta(seconds=20))
    }
    (snooze,) = habits.snoozes
    assert (snooze.habit_id, snooze.due_date) == (str(habits.water), TODAY.isoformat())
    assert snooze.snooze_minutes == 60
    shown = await changed(telegram, ada, reminder)
    assert labels(shown) == [["✅ Done", "⏭ Skip"]]
    await telegram.press(ada.chat, shown, "⏭ Skip")
    assert habits.days[habits.water, TODAY].mark == check_in_pb2.MARK_SKIP
    skipped = await changed(telegram, ada, reminder)
    assert "⏭ Skipped · still 4 days in a row" in skipped["text"]


async def test_done_fills_up_a_quantity(
    bot: None, town: Town, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await town.person()
    reminder = await a_reminder(town, a_sender, ada, habits.run, measure=Measure.QUANTITY)
    habits.days[habits.run, TODAY] = Day(amount=Decimal("3.5"))  # noted in the app meanwhile
    toast = await telegram.press(ada.chat, reminder, "✅ Done")
    assert toast["text"] == "✅ Done · 5 km · 4 days in a row"
    assert habits.days[habits.run, TODAY].amount == 5
    assert habits.changes[-1].after.amount == "5.0"


async def test_a_button_of_an_archived_habit_says_so(
    bot: None, town: Town, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await town.person()
    reminder = await a_reminder(town, a_sender, ada, habits.water)
    habits.archived.add(habits.water)
    toast = await telegram.press(ada.chat, reminder, "✅ Done")
    assert toast["text"].startswith("This habit is archived.")
    assert toast["show_alert"]


async def test_today_lists_habits_and_takes_answers(
    bot: None, town: Town, habits: Habits, telegram: StandIn
) -> None:
    ada = await town.person()
    await telegram.say(ada.chat, "/today")
    listed = await telegram.heard(ada.chat, "📅")
    assert listed["text"] == (
        "📅 Mon 23 Nov · 0 of 3 done\n\n⬜ Drink water\n⬜ Run · 5 km to go\n"
        "⬜ Coffee · 0 of at most 3 cups"
    )
    assert labels(listed) == [["✅ Drink water", "⏭ Skip"], ["✅ Run", "⏭ Skip"]]
    await telegram.press(ada.chat, listed, "✅ Drink water")
    shown = await changed(telegram, ada, listed)
    assert "1 of 3 done\n\n✅ Drink water" in shown["text"]
    assert labels(shown) == [["✅ Run", "⏭ Skip"], ["↩️ Undo Drink water"]]
    await telegram.press(ada.chat, shown, "↩️ Undo Drink water")
    assert (await changed(telegram, ada, listed))["text"] == listed["text"]


async def test_a_token_is_asked_for_once(
    bot: None, town: Town, auth: Auth, telegram: StandIn
) -> None:
    ada = await town.person()
    for number in (1, 2):
        await telegram.say(ada.chat, "/today")
        await telegram.heard(ada.chat, "📅", count=number)
    (asked,) = auth.asked
    assert (asked.account_id, asked.actor) == (str(ada.id), "telegram")


async def test_a_deleted_account_loses_its_chat(
    bot: None, town: Town, auth: Auth, telegram: StandIn
) -> None:
    ada = await town.person()
    auth.gone.add(ada.id)
    await telegram.say(ada.chat, "/today")
    await telegram.heard(ada.chat, answers.ACCOUNT_GONE)
    await telegram.say(ada.chat, "/today")
    await telegram.heard(ada.chat, answers.HOW_TO_LINK)


async def test_a_press_brought_again_after_a_crash_is_done_once(
    a_bot: Callable[[], Listener],
    town: Town,
    a_sender: SenderOf,
    habits: Habits,
    telegram: StandIn,
) -> None:
    """The first bot did it and died before it could confirm that; the next one gets it again."""
    ada = await town.person()
    reminder = await a_reminder(town, a_sender, ada, habits.water)
    dying = asyncio.create_task(a_bot().run(asyncio.Event()))
    await telegram.heard(ada.chat, answers.NOT_UNDERSTOOD)  # it has asked, and waits for news
    await asyncio.sleep(0.2)
    await telegram.fail("getUpdates", status=500, times=2)
    await telegram.press(ada.chat, reminder, "✅ Done")
    dying.cancel()
    async with running(a_bot().run):
        async with asyncio.timeout(10):
            while len(await telegram.calls("answerCallbackQuery")) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert len(habits.changes) == 1


async def test_a_bot_survives_a_telegram_that_is_away(
    a_bot: Callable[[], Listener], town: Town, telegram: StandIn
) -> None:
    await telegram.fail("getMe", status=502)
    await telegram.fail("getUpdates", status=500)
    ada = await town.person()
    async with running(a_bot().run):
        await telegram.heard(ada.chat, answers.NOT_UNDERSTOOD)


async def test_an_answer_waits_where_telegram_asks_for_a_pause(
    bot: None, town: Town, telegram: StandIn
) -> None:
    await telegram.fail("sendMessage", status=429, retry_after=1)
    ada = await town.person()
    await telegram.heard(ada.chat, answers.NOT_UNDERSTOOD)


async def test_a_chat_is_answered_in_order(bot: None, town: Town, telegram: StandIn) -> None:
    ada = await town.person()
    for text in ("/help", "/start", "/help"):
        await telegram.say(ada.chat, text)
    await telegram.heard(ada.chat, answers.HELP, count=2)
    heard = await town.heard(ada)
    assert heard == [
        answers.NOT_UNDERSTOOD,
        answers.HELP,
        answers.LINKED_ALREADY,
        answers.HELP,
    ]


async def test_who_writes_again_can_be_written_to(
    bot: None, town: Town, telegram: StandIn, database: Database
) -> None:
    """The person had blocked the bot, and comes back."""
    ada = await town.person()
    async with database.transaction() as session:
        await links.note_reachable(session, ada.chat, reachable=False)
    await telegram.say(ada.chat, "/help")
    await telegram.say(ada.chat, "/today")
    await telegram.heard(ada.chat, "📅")
    async with database.transaction() as session:
        assert (await links.get_chat(session, ada.id)).reachable
