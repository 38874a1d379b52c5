"""The summary and the heatmap of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.dao import people, totals
from services.analytics.dao.habit_records import list_records
from services.analytics.domain import heatmap, summary
from services.analytics.domain.errors import HabitNotFound
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.heatmap import DayTotals
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


async def known_person(session: AsyncSession, fallback: Person) -> KnownPerson:
    """Return the stored person; the one read from the token while no event of auth has come.

    A person who has just registered, or just moved, is so counted right at once.
    """
    found = await people.find_person(session, fallback.id)
    return KnownPerson(found or fallback, is_known=found is not None)


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
        habit_id=habit_id,
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
