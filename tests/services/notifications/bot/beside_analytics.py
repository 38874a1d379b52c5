"""The bot before a real analytics service, where tests choose what the rules suggest."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from uuid import UUID

import grpc
import pytest

from chassis import clock
from chassis.database import Database
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from services.analytics.cache import AnswerCache
from services.analytics.domain.recommend.suggestion import Suggestion, Value
from services.analytics.habits_client import HabitGateway
from services.analytics.pictures.renderer import PictureRenderer
from services.analytics.servicer import AnalyticsServicer
from services.analytics.tables import REPLAYS
from services.analytics.use_cases import recommendations
from tests.services.analytics.beside_habits.published import EVENTS
from tests.services.analytics.running import deliver
from tests.services.notifications.running import running

_POLL_SECONDS = 0.05


class Suggestions:
    """What the rules suggest, in the tests' words, and the events of habits on their way."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.chosen: list[Suggestion] = []
        self.is_relaying = True
        self._last_id = UUID(int=0)

    def suggest(self, habit_id: str, text: str, action: Mapping[str, Value]) -> None:
        """Let a rule hold for a habit; for all habits without an id."""
        suggestion = Suggestion(
            rule=f"rule_{len(self.chosen)}",
            habit_id=UUID(habit_id) if habit_id else None,
            text=text,
            evidence={},
            action=action,
            weight=1,
        )
        self.chosen.append(suggestion)

    async def delete_stored(self) -> None:
        """Delete every stored recommendation."""
        async with self.database.connection() as connection:
            await connection.execute("DELETE FROM analytics.recommendations")

    async def mark_unapplied(self) -> None:
        """Take from every stored recommendation that it was applied."""
        async with self.database.connection() as connection:
            await connection.execute(
                "UPDATE analytics.recommendations SET change = NULL, apply_time = NULL"
            )

    async def relay(self, stop: asyncio.Event) -> None:
        """Deliver the events of habits to analytics as they are published."""
        query = "SELECT id, type, body FROM habits.outbox WHERE id > $1 ORDER BY id"
        while not stop.is_set():
            if self.is_relaying:
                async with self.database.connection() as connection:
                    rows = await connection.fetch(query, self._last_id)
                for row in rows:
                    self._last_id = row["id"]
                    if row["type"] in EVENTS:
                        await deliver(self.database, EVENTS[row["type"]].FromString(row["body"]))
            await asyncio.sleep(_POLL_SECONDS)


@pytest.fixture(scope="module")
def neighbors_url(migrated: Callable[..., str]) -> str:
    return migrated("auth", "habits", "analytics")


@pytest.fixture
async def suggestions(
    neighbors_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Suggestions]:
    database = Database(neighbors_url)
    suggestions = Suggestions(database)
    monkeypatch.setattr(recommendations, "rank_suggestions", lambda _: suggestions.chosen)
    async with running(suggestions.relay):
        yield suggestions
    await database.close()


@pytest.fixture
async def analytics(
    suggestions: Suggestions, habits_channel: grpc.aio.Channel
) -> AsyncIterator[AnalyticsServicer]:
    renderer, answers = PictureRenderer(), AnswerCache(None)
    habits = HabitGateway(HabitServiceStub(habits_channel), CheckInServiceStub(habits_channel))
    yield AnalyticsServicer(
        suggestions.database,
        habits=habits,
        renderer=renderer,
        answers=answers,
        replays=REPLAYS,
        now=clock.now,
    )
    await renderer.close()
    await answers.close()
