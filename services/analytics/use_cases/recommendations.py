"""Advice: what holds now, and what a person does not want to hear again for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.dao import advice as advice_dao
from services.analytics.dao import people
from services.analytics.domain.errors import RecommendationNotFound
from services.analytics.domain.habit import Record
from services.analytics.domain.person import Person
from services.analytics.domain.recommend import Advice, Subject, advise
from services.analytics.domain.recommend.advice import Recommendation
from services.analytics.domain.recommend.subject import LOOK_BACK_DAYS, recent_units
from services.analytics.domain.tally import streak_of
from services.analytics.use_cases.numbers import known_person, records_of

AWAY = timedelta(days=30)
"""For how long dismissed advice stays away."""


@dataclass(frozen=True, slots=True)
class Counsel:
    """The advice that holds, strongest first, and since how many days the person checks in."""

    advice: Sequence[Advice]
    data_days: int


async def list_recommendations(
    session: AsyncSession, stand_in: Person, *, now: datetime
) -> Sequence[Recommendation]:
    """Return the advice that holds now and was not sent away, strongest first.

    Advice keeps its id while it holds, so that it can be spoken of.
    """
    known = await known_person(session, stand_in)
    today = known.person.today(now)
    since = today - timedelta(days=LOOK_BACK_DAYS)
    if await people.lock(session, known.person.id) is None:
        return []
    records = await records_of(session, known, since=since, today=today)
    found = await counsel(session, known.person, records, now=now)
    return await advice_dao.keep_advice(session, known.person.id, found.advice, now=now)


async def dismiss(
    session: AsyncSession, owner_id: UUID, recommendation_id: UUID, *, now: datetime
) -> None:
    """Keep a piece of advice away for 30 days.

    Raises:
        RecommendationNotFound: The person has no such advice.
    """
    if not await advice_dao.dismiss(session, owner_id, recommendation_id, now=now):
        raise RecommendationNotFound(recommendation_id)


async def counsel(
    session: AsyncSession, person: Person, records: Sequence[Record], *, now: datetime
) -> Counsel:
    """Return what the rules say of records that go back `LOOK_BACK_DAYS`."""
    today = person.today(now)
    active = [record for record in records if record.habit.active]
    ids = [record.habit.id for record in active]
    spans = await advice_dao.list_spans_done(session, ids, today=today) if ids else {}
    away = await advice_dao.list_dismissed(session, person.id, since=now - AWAY)
    found = advise(_subject(person, record, spans, today, now) for record in active)
    return Counsel(
        [it for it in found if (it.rule, it.habit_id) not in away],
        data_days=_data_days(spans, today),
    )


def _subject(
    person: Person,
    record: Record,
    spans: dict[UUID, tuple[date, date]],
    today: date,
    now: datetime,
) -> Subject:
    first_done, last_done = spans.get(record.habit.id, (None, None))
    return Subject(
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
