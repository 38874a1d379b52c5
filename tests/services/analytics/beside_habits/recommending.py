"""A person with stored recommendations, and an edge before both services."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from contracts.habits.v1.habit_pb2 import Habit
from edge.analytics.schemas import AppliedRecommendation
from services.analytics.dao import recommendations as dao
from services.analytics.domain.recommend.suggestion import Suggestion, Value
from tests.services.analytics.running import RunningAnalytics
from tests.services.habits.habits_server import Person

ALL = "/v1/analytics/recommendations"


@dataclass
class Home:
    """A person with an edge before both services."""

    person: Person
    analytics: RunningAnalytics
    edge: httpx.AsyncClient
    bearer: dict[str, str]

    async def recommend(
        self, habit: Habit | None, action: Mapping[str, Value], rule: str = "any"
    ) -> str:
        """Store a recommendation; return its id."""
        suggestion = Suggestion(
            rule=rule,
            habit_id=UUID(habit.id) if habit else None,
            text="Do it.",
            evidence={},
            action=action,
            weight=1,
        )
        owner_id, now = self.person.caller.id, self.analytics.clock()
        async with self.analytics.database.transaction() as session:
            (stored,) = await dao.upsert_recommendations(session, owner_id, [suggestion], now=now)
        return str(stored.id)

    async def apply(self, recommendation_id: str) -> Any:
        """Apply a recommendation over REST."""
        return await self._post(recommendation_id, "apply")

    async def undo(self, recommendation_id: str) -> Any:
        """Undo it over REST."""
        return await self._post(recommendation_id, "undo")

    async def post(self, recommendation_id: str, verb: str) -> httpx.Response:
        """Ask for something that may be refused."""
        return await self.edge.post(f"{ALL}/{recommendation_id}/{verb}", headers=self.bearer)

    async def _post(self, recommendation_id: str, verb: str) -> Any:
        response = await self.post(recommendation_id, verb)
        assert response.status_code == 200, response.text
        AppliedRecommendation.model_validate(response.json())
        return response.json()
