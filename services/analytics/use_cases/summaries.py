"""The summary and the heatmap of a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.dao import people, totals
from services.analytics.dao.habit_records import list_records
from services.analytics.domain import heatmap, summary
from services.analytics.domain.as_of import UNKNOWN, AsOf
from services.analytics.domain.errors import HabitNotFound
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.heatmap import DayTotals
from services.analytics.domain.insights import INSIGHT_DAYS, Insights, insights_of
from services.analytics.domain.person import Person
from services.analytics.domain.summary import Summary
from services.analytics.domain.window import ONE_DAY, Window, window_or_default

SUMMARY_DAYS = 30
HEATMAP_DAYS = 365


@dataclass(frozen=True, slots=True)
class WindowRequest:
    """A window as it was asked for; an end left out has its default."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person, and whether an event of auth has named them: only then checkpoints fit them."""

    person: Person
    is_known: bool
    as_of: AsOf = UNKNOWN
    """The state of the read model when the person was read; later reads may see more."""


async def known_person(session: AsyncSession, fallback: Person) -> KnownPerson:
    """Return the stored person; the one read from the token while no event of auth has come.

    A person who has just registered, or just moved, is so counted right at once. Texts are in the
    language of the token: it is never older than the stored one.
    """
    state = await people.find_state(session, fallback.id)
    if state is None or not state.account_revision:
        return KnownPerson(fallback, is_known=False, as_of=state.as_of if state else UNKNOWN)
    person = replace(state.person, locale=fallback.locale)
    return KnownPerson(person, is_known=True, as_of=state.as_of)


async def get_summary(
    session: AsyncSession, fallback: Person, requested: WindowRequest, *, now: datetime
) -> Summary:
    """Return a person's numbers in a window; by default the 30 days that end today."""
    known = await known_person(session, fallback)
    today = known.person.today(now)
    window = window_or_default(requested.first, requested.last, today=today, days=SUMMARY_DAYS)
    since = (window.before() or window).first
    records = await records_of(session, known, since=since, today=today)
    return summary.summarize(known.person, records, window, today)


async def get_heatmap(
    session: AsyncSession,
    fallback: Person,
    requested: WindowRequest,
    *,
    habit_id: UUID | None,
    now: datetime,
) -> list[DayTotals]:
    """Return every day of a window, of one habit or of all; by default the year that ends today.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    known = await known_person(session, fallback)
    today = known.person.today(now)
    window = window_or_default(requested.first, requested.last, today=today, days=HEATMAP_DAYS)
    counted = await _counted_days(session, known, window) if habit_id is None else {}
    first = max(counted, default=window.first - ONE_DAY) + ONE_DAY
    if first > window.last:
        return list(counted.values())
    records = await records_of(
        session, known, since=first, today=today, with_streaks=False, habit_id=habit_id
    )
    if habit_id is not None and not records:
        raise HabitNotFound(habit_id)
    fresh = heatmap.day_totals(records, Window(first, window.last), today)
    return [*counted.values(), *fresh]


async def get_insights(
    session: AsyncSession, fallback: Person, habit_id: UUID, *, now: datetime
) -> Insights:
    """Return what the 365 days before today say about a habit.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    known = await known_person(session, fallback)
    today = known.person.today(now)
    since = today - timedelta(days=INSIGHT_DAYS)
    records = await records_of(session, known, since=since, today=today, with_streaks=False)
    record = next((it for it in records if it.habit.id == habit_id), None)
    if record is None:
        raise HabitNotFound(habit_id)
    others = [it for it in records if it is not record]
    return insights_of(known.person, record, others, today)


async def records_of(
    session: AsyncSession,
    known: KnownPerson,
    *,
    since: date,
    today: date,
    with_streaks: bool = True,
    habit_id: UUID | None = None,
) -> Sequence[HabitRecord]:
    """Return one person's records, back to what the days since a day need."""
    owner_id = known.person.id
    found = await list_records(
        session,
        [known.person],
        since={owner_id: since},
        today={owner_id: today},
        with_streaks=with_streaks,
        from_checkpoints=known.is_known,
        habit_ids=None if habit_id is None else [habit_id],
    )
    return found[owner_id]


async def _counted_days(
    session: AsyncSession, known: KnownPerson, window: Window
) -> dict[date, DayTotals]:
    """Return the days from the window's first that are counted and still right, in order."""
    state = await people.find_state(session, known.person.id)
    if not known.is_known or state is None or state.stale_from is None:
        return {}
    last = min(window.last, state.stale_from - ONE_DAY)
    if last < window.first:
        return {}
    part = Window(window.first, last)
    found = await totals.list_totals(session, known.person.id, part)
    return {day: found.get(day, DayTotals(day)) for day in part}
