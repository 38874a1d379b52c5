"""What pictures show, for a caller: the last days, a heatmap, a habit's strength, a report."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.history import list_history
from services.analytics.domain import picture_contents
from services.analytics.domain.errors import HabitNotFound
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.heatmap import day_totals
from services.analytics.domain.person import Person
from services.analytics.domain.picture import PictureContent, days_or_refuse
from services.analytics.domain.picture_texts import Texts
from services.analytics.domain.summary import summarize
from services.analytics.domain.window import Window, window_or_default
from services.analytics.use_cases import reports
from services.analytics.use_cases.summaries import (
    HEATMAP_DAYS,
    SUMMARY_DAYS,
    KnownPerson,
    WindowRequest,
    get_heatmap,
    get_summary,
    known_person,
    records_of,
)

STRENGTH_DAYS = 365


async def stats_picture(
    session: AsyncSession,
    fallback: Person,
    *,
    day_count: int,
    habit_id: UUID | None,
    texts: Texts,
    now: datetime,
) -> PictureContent:
    """Return the picture of the last days, of one habit or of all; 30 days for a count of 0.

    Raises:
        PictureDaysInvalid: The count is not 7 to 3660.
        HabitNotFound: The person has no such habit.
    """
    count = days_or_refuse(day_count, default=SUMMARY_DAYS)
    known = await known_person(session, fallback)
    today = known.person.today(now)
    window = Window(today - timedelta(days=count - 1), today)
    if habit_id is not None:
        return await _habit_stats(session, known, habit_id, window, texts)
    requested = WindowRequest(window.first, window.last)
    summary = await get_summary(session, fallback, requested, now=now)
    days = await get_heatmap(session, fallback, requested, habit_id=None, now=now)
    week_start = known.person.week_start
    return picture_contents.stats_of_all(summary, days, texts, week_start=week_start)


async def heatmap_picture(
    session: AsyncSession,
    fallback: Person,
    requested: WindowRequest,
    *,
    habit_id: UUID | None,
    texts: Texts,
    now: datetime,
) -> PictureContent:
    """Return the picture of a heatmap alone; by default the year that ends today.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    known = await known_person(session, fallback)
    today = known.person.today(now)
    window = window_or_default(requested.first, requested.last, today=today, days=HEATMAP_DAYS)
    requested = WindowRequest(window.first, window.last)
    days = await get_heatmap(session, fallback, requested, habit_id=habit_id, now=now)
    title = texts.all_habits
    if habit_id is not None:
        record = await _record(session, known, habit_id, since=today, today=today)
        title = record.habit.title
    week_start = known.person.week_start
    return picture_contents.heatmap_content(title, days, texts, week_start=week_start)


async def strength_picture(
    session: AsyncSession,
    fallback: Person,
    habit_id: UUID,
    *,
    day_count: int,
    texts: Texts,
    now: datetime,
) -> PictureContent:
    """Return the picture of a habit's strength in the last days; 365 for a count of 0.

    Raises:
        PictureDaysInvalid: The count is not 7 to 3660.
        HabitNotFound: The person has no such habit.
    """
    count = days_or_refuse(day_count, default=STRENGTH_DAYS)
    known = await known_person(session, fallback)
    today = known.person.today(now)
    record = await _record_of_all_time(session, known, habit_id, today)
    window = Window(today - timedelta(days=count - 1), today)
    strength = _strength(record, window, today)
    return picture_contents.strength_content(record.habit.title, strength, texts)


async def report_picture(
    session: AsyncSession, owner_id: UUID, report_id: UUID, texts: Texts
) -> PictureContent:
    """Return the picture of a stored report.

    Raises:
        ReportNotFound: The person has no such report.
    """
    report = await reports.get_report(session, owner_id, report_id)
    return picture_contents.report_content(report, texts)


async def _habit_stats(
    session: AsyncSession, known: KnownPerson, habit_id: UUID, window: Window, texts: Texts
) -> PictureContent:
    today, person = window.last, known.person
    record = await _record_of_all_time(session, known, habit_id, today)
    summary = summarize(person, [record], window, today)
    if not summary.habits:  # archived before the window, or not begun
        raise HabitNotFound(habit_id)
    return picture_contents.stats_of_habit(
        summary,
        summary.habits[0],
        day_totals([record], window, today),
        _strength(record, window, today),
        texts,
        week_start=person.week_start,
    )


async def _record_of_all_time(
    session: AsyncSession, known: KnownPerson, habit_id: UUID, today: date
) -> HabitRecord:
    """Return a habit with all its facts: strength depends on every day."""
    no_checkpoints = replace(known, is_known=False)
    return await _record(session, no_checkpoints, habit_id, since=today, today=today)


async def _record(
    session: AsyncSession, known: KnownPerson, habit_id: UUID, *, since: date, today: date
) -> HabitRecord:
    found: Sequence[HabitRecord] = await records_of(
        session, known, since=since, today=today, habit_id=habit_id
    )
    if not found:
        raise HabitNotFound(habit_id)
    return found[0]


def _strength(record: HabitRecord, window: Window, today: date) -> list[tuple[date, float]]:
    """Return the strength of the days of a window on which the habit existed."""
    first = max(window.first, record.plan.start_date)
    last = min(window.last, record.plan.last_date)
    if last < first:
        return []
    rows = list_history(
        record.plan, record.facts, record.pauses, from_date=first, to_date=last, today=today
    )
    return [(row.date, row.strength) for row in rows]
