"""The bot before the real auth and the real habits: both sides read the contract alike."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import grpc
import pytest

from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from contracts.auth.v1 import auth_service_pb2
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.habits.v1 import (
    check_in_service_pb2,
    export_service_pb2,
    habit_pb2,
    habit_service_pb2,
    import_service_pb2,
    progress_service_pb2,
    reminder_service_pb2,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.habit_service_pb2 import ArchiveHabitRequest, CreateHabitRequest
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from contracts.habits.v1.reminder_service_pb2_grpc import ReminderServiceStub
from services.habits.__main__ import register
from services.notifications.bot import habits_client as bot_habits
from services.notifications.bot.delegated_calls import AccountDeleted, ActionRefused, DelegatedCalls
from services.notifications.domain import replies
from services.notifications.domain.buttons import ButtonAction, ButtonKind, MessageKind
from services.notifications.domain.people import Person
from services.notifications.domain.today import ItemState, TodayItem, today_text
from services.notifications.translate.check_ins import request_id_of
from tests.services.auth.running import DELEGATION_SECRET, RunningAuth, registered, running_auth


@pytest.fixture(scope="module")
def neighbors_url(migrated: Callable[..., str]) -> str:
    return migrated("auth", "habits")


@pytest.fixture
async def auth(neighbors_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[RunningAuth]:
    async with running_auth(neighbors_url, redis_url, tmp_path) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Ada:
    """Somebody with an account, who makes habits in the app and answers in the chat."""

    person: Person
    token: str
    channel: grpc.aio.Channel
    bot: bot_habits.HabitsClient

    async def makes(self, habit: habit_pb2.Habit) -> UUID:
        with use_context(RequestContext(token=self.token)):
            made = await HabitServiceStub(self.channel).CreateHabit(CreateHabitRequest(habit=habit))
        return UUID(made.habit.id)

    async def archives(self, habit_id: UUID) -> None:
        request = ArchiveHabitRequest(habit_id=str(habit_id))
        with use_context(RequestContext(token=self.token)):
            await HabitServiceStub(self.channel).ArchiveHabit(request)

    async def sees(self, habit_id: UUID) -> TodayItem:
        item = (await self.bot.today(self.person, "")).find(habit_id)
        assert item is not None
        return item

    async def acts(
        self, habit_id: UUID, action: ButtonKind, *, revision: int = 0, number: int = 0
    ) -> bot_habits.ActionResult:
        item = await self.sees(habit_id)
        press = ButtonAction(
            kind=action,
            habit_id=habit_id,
            logical_date=datetime.now(UTC).date(),
            measure=item.measure,
            message_kind=MessageKind.REMINDER,
            revision=revision,
        )
        request_id = request_id_of(habit_id, action, number)
        return await self.bot.act(self.person, press, request_id)


@asynccontextmanager
async def habits_serving(auth: RunningAuth) -> AsyncIterator[grpc.aio.Channel]:
    database = Database(auth.database.url)
    server = Server(
        "habits", listen="127.0.0.1:0", verifier=auth.verifier, healthy=database.healthy
    )
    register(server, database, auth.verifier)
    files = (
        habit_service_pb2.DESCRIPTOR,
        check_in_service_pb2.DESCRIPTOR,
        export_service_pb2.DESCRIPTOR,
        import_service_pb2.DESCRIPTOR,
        progress_service_pb2.DESCRIPTOR,
        reminder_service_pb2.DESCRIPTOR,
    )
    try:
        async with server.running(), connect(f"127.0.0.1:{server.port}", *files) as channel:
            yield channel
    finally:
        await database.close()


def zone_at_noon() -> str:
    """Return a zone where it is about noon now: there is a later on the same day."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@pytest.fixture
async def ada(auth: RunningAuth) -> AsyncIterator[Ada]:
    result = await registered(auth, display_name="Ada", timezone=zone_at_noon())
    async with (
        habits_serving(auth) as channel,
        connect(auth.target, auth_service_pb2.DESCRIPTOR) as to_auth,
    ):
        bot = bot_habits.HabitsClient(
            DelegatedCalls(AuthServiceStub(to_auth), delegation_secret=DELEGATION_SECRET),
            CheckInServiceStub(channel),
            ProgressServiceStub(channel),
            ReminderServiceStub(channel),
        )
        person = Person(owner_id=UUID(result.account.id))
        yield Ada(person, result.tokens.access_token, channel, bot)


DAILY = habit_pb2.Schedule(frequency=habit_pb2.FREQUENCY_DAILY)
WEEKLY = habit_pb2.Schedule(frequency=habit_pb2.FREQUENCY_WEEKLY)


def a_quantity(
    schedule: habit_pb2.Schedule, direction: "habit_pb2.Direction.ValueType"
) -> habit_pb2.Habit:
    return habit_pb2.Habit(
        title="Run",
        measure=habit_pb2.MEASURE_QUANTITY,
        unit="km",
        start_date=(datetime.now(UTC) - timedelta(days=30)).date().isoformat(),
        goal=habit_pb2.Goal(direction=direction, amount="5"),
        schedule=schedule,
    )


async def test_done_undone_skipped(ada: Ada) -> None:
    water = await ada.makes(habit_pb2.Habit(title="Drink water", schedule=DAILY))
    assert (await ada.sees(water)).state is ItemState.OPEN
    done = await ada.acts(water, ButtonKind.DONE)
    assert done.text == "✅ Done · a new streak begins"
    assert (await ada.sees(water)).state is ItemState.MET
    undone = await ada.acts(water, ButtonKind.UNDO, revision=done.revision)
    assert undone.text == replies.UNDONE_TEXT
    assert (await ada.sees(water)).state is ItemState.OPEN
    skipped = await ada.acts(water, ButtonKind.SKIP)
    assert skipped.text == "⏭ Skipped"
    assert (await ada.sees(water)).state is ItemState.SKIPPED
    with pytest.raises(ActionRefused, match="Something else has changed since"):
        await ada.acts(water, ButtonKind.UNDO, revision=done.revision, number=1)


async def test_a_press_brought_again_gets_its_answer_again(ada: Ada) -> None:
    water = await ada.makes(habit_pb2.Habit(title="Drink water", schedule=DAILY))
    first = await ada.acts(water, ButtonKind.DONE)
    assert await ada.acts(water, ButtonKind.DONE) == first


@pytest.mark.parametrize("schedule", [DAILY, WEEKLY])
async def test_done_fills_up_a_day_or_a_week(ada: Ada, schedule: habit_pb2.Schedule) -> None:
    run = await ada.makes(a_quantity(schedule, habit_pb2.DIRECTION_AT_LEAST))
    assert (await ada.sees(run)).missing == 5
    result = await ada.acts(run, ButtonKind.DONE)
    assert result.text == "✅ Done · 5 km · a new streak begins"
    seen = await ada.sees(run)
    assert (seen.state, seen.missing) == (ItemState.MET, Decimal(0))
    again = await ada.acts(run, ButtonKind.DONE, number=1)
    assert (again.text, again.revision) == (result.text, result.revision)


async def test_a_limit_is_listed_and_not_done(ada: Ada) -> None:
    await ada.makes(a_quantity(DAILY, habit_pb2.DIRECTION_AT_MOST))
    today = await ada.bot.today(ada.person, "")
    assert "Run · 0 of at most 5 km" in today_text(today)
    with pytest.raises(ActionRefused, match="staying below"):
        await ada.acts(today.items[0].habit_id, ButtonKind.DONE)


async def test_an_archived_habit_is_refused_kindly(ada: Ada) -> None:
    water = await ada.makes(habit_pb2.Habit(title="Drink water", schedule=DAILY))
    day = datetime.now(UTC).date()
    await ada.archives(water)
    press = ButtonAction(kind=ButtonKind.DONE, habit_id=water, logical_date=day)
    with pytest.raises(ActionRefused, match="This habit is archived"):
        await ada.bot.act(ada.person, press, request_id_of(water))


async def test_nobody_acts_for_an_account_that_is_gone(ada: Ada) -> None:
    with pytest.raises(AccountDeleted):
        await ada.bot.today(Person(owner_id=UUID(int=1)), "")


async def test_later_is_promised_for_in_an_hour(ada: Ada) -> None:
    water = await ada.makes(habit_pb2.Habit(title="Drink water", schedule=DAILY))
    result = await ada.acts(water, ButtonKind.SNOOZE)
    assert re.fullmatch(r"⏰ I will remind you again at \d\d:\d\d", result.text)
