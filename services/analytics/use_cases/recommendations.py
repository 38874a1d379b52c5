"""Recommendations: those that hold now, without those that were dismissed recently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.dao import people
from services.analytics.dao import recommendations as recommendations_dao
from services.analytics.domain.errors import NothingToApply, RecommendationNotFound
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.i18n import use_language
from services.analytics.domain.person import Person
from services.analytics.domain.recommend import RuleInput, rank_suggestions
from services.analytics.domain.recommend.rule_input import LOOK_BACK_DAYS, recent_units
from services.analytics.domain.recommend.suggestion import Recommendation
from services.analytics.domain.tally import streak_of
from services.analytics.use_cases.summaries import known_person, records_of

DISMISSED_FOR = timedelta(days=30)
"""For how long a dismissed recommendation is not shown."""
MAX_AT_A_TIME = 3
"""More advice at once is not followed."""


@dataclass(frozen=True, slots=True)
class RankedRecommendations:
    """The recommendations that hold, strongest first, and for how many days there is data."""

    recommendations: Sequence[Recommendation]
    data_days: int


async def list_recommendations(
    session: AsyncSession, fallback: Person, *, now: datetime
) -> Sequence[Recommendation]:
    """Return the recommendations that hold now and were not dismissed, strongest first.

    A recommendation keeps its id while it holds.
    """
    known = await known_person(session, fallback)
    today = known.person.today(now)
    since = today - timedelta(days=LOOK_BACK_DAYS)
    if await people.lock(session, known.person.id) is None:
        return []
    records = await records_of(session, known, since=since, today=today)
    found = await recommend(session, known.person, records, now=now)
    return found.recommendations


async def get_recommendation_to_apply(
    session: AsyncSession, owner_id: UUID, recommendation_id: UUID
) -> Recommendation:
    """Return a recommendation that has an action.

    Raises:
        RecommendationNotFound: The person has no such recommendation.
        NothingToApply: It has no action.
    """
    found = await recommendations_dao.find_recommendation(session, owner_id, recommendation_id)
    if found is None:
        raise RecommendationNotFound(recommendation_id)
    if not found.suggestion.action:
        raise NothingToApply(recommendation_id)
    return found


async def dismiss(
    session: AsyncSession, owner_id: UUID, recommendation_id: UUID, *, now: datetime
) -> None:
    """Hide a recommendation for 30 days.

    Raises:
        RecommendationNotFound: The person has no such recommendation.
    """
    if not await recommendations_dao.dismiss(session, owner_id, recommendation_id, now=now):
        raise RecommendationNotFound(recommendation_id)


async def recommend(
    session: AsyncSession, person: Person, records: Sequence[HabitRecord], *, now: datetime
) -> RankedRecommendations:
    """Apply the rules to records that go back `LOOK_BACK_DAYS`, and store what they suggest.

    What was dismissed is dropped. The person's row must be locked.
    """
    today = person.today(now)
    active = [record for record in records if record.habit.active]
    ids = [record.habit.id for record in active]
    spans = (
        await recommendations_dao.list_first_and_last_done(session, ids, today=today) if ids else {}
    )
    dismissed = await recommendations_dao.list_dismissed(
        session, person.id, since=now - DISMISSED_FOR
    )
    with use_language(person.locale):
        found = rank_suggestions(
            _rule_input(person, record, spans, today, now) for record in active
        )
    wanted = [it for it in found if (it.rule, it.habit_id) not in dismissed][:MAX_AT_A_TIME]
    stored = await recommendations_dao.upsert_recommendations(session, person.id, wanted, now=now)
    return RankedRecommendations(stored, data_days=_data_days(spans, today))


def _rule_input(
    person: Person,
    record: HabitRecord,
    spans: dict[UUID, tuple[date, date]],
    today: date,
    now: datetime,
) -> RuleInput:
    first_done, last_done = spans.get(record.habit.id, (None, None))
    return RuleInput(
        person=person,
        record=record,
        streak=streak_of(record, today),
        today=today,
        now=now,
        first_done=first_done,
        last_done=last_done,
        units=recent_units(record, today),
    )


def _data_days(spans: dict[UUID, tuple[date, date]], today: date) -> int:
    first = min((first for first, _ in spans.values()), default=None)
    return 0 if first is None else (today - first).days + 1
