"""Responses with numbers: from the cache while nothing has changed, counted otherwise."""

from collections.abc import Awaitable, Callable

from google.protobuf.message import Message
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from contracts.analytics.v1.analytics_service_pb2 import (
    GetHabitInsightsResponse,
    GetHeatmapResponse,
    GetSummaryResponse,
)
from services.analytics.cache import AnswerCache, AnswerKey
from services.analytics.translate import requests as translate
from services.analytics.translate.insights import as_of_to_wire
from services.analytics.use_cases.summaries import KnownPerson, known_person

type CountedResponse = GetSummaryResponse | GetHeatmapResponse | GetHabitInsightsResponse
type CountFunction[M] = Callable[[AsyncSession, KnownPerson], Awaitable[M]]


class CountedAnswers:
    """Responds to the caller with numbers, and says what they are counted from."""

    def __init__(self, database: Database, answers: AnswerCache, *, now: Clock) -> None:
        self._database = database
        self._answers = answers
        self._now = now

    async def respond[M: CountedResponse](
        self, request: Message, kind: type[M], count: CountFunction[M]
    ) -> M:
        """Return the response from the cache, or count it."""
        person = translate.person_from_caller(current_caller())
        async with self._database.transaction() as session:
            known = await known_person(session, person)
            key = AnswerKey.of(known.person, known.as_of, request, now=self._now())

            async def count_as_of() -> M:
                answer = await count(session, known)
                answer.as_of.CopyFrom(as_of_to_wire(known.as_of))
                return answer

            return await self._answers.get_or_count(
                key if known.is_known else None, kind, count_as_of
            )
