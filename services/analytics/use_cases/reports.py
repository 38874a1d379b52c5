"""Reports: created on schedule, or on request."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from rhythm.history import DayState
from services.analytics import events
from services.analytics.dao import people, reports
from services.analytics.dao.habit_records import list_records
from services.analytics.dao.people import PersonState
from services.analytics.domain.errors import DateInFuture, NothingWasDue, ReportNotFound
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.i18n import use_language
from services.analytics.domain.person import Person
from services.analytics.domain.picture_texts import texts_of
from services.analytics.domain.recommend.rule_input import LOOK_BACK_DAYS
from services.analytics.domain.report import (
    MAX_LATENESS,
    Outcome,
    Report,
    ReportKind,
    encouragement,
    kinds_on,
    next_due_report,
    period_of,
)
from services.analytics.domain.summary import summarize
from services.analytics.domain.tally import state_on, tally_of_all
from services.analytics.domain.window import ONE_DAY, Window
from services.analytics.use_cases.recommendations import recommend
from services.analytics.use_cases.summaries import known_person, records_of

POSTPONED = timedelta(minutes=10)
"""When to try again with a person whose report could not be made."""

TURNS_RETENTION = timedelta(days=400)
"""How long it is known that a report was published or missed: longer than any is looked for."""

_MOST_MISSED = 400
_COUNTS = (DayState.MET, DayState.FAILED, DayState.OPEN)


async def create_report(
    session: AsyncSession,
    fallback: Person,
    kind: ReportKind,
    day: date | None,
    *,
    now: datetime,
) -> Report:
    """Create the report of the period that contains a day, today if left out, and publish it.

    Raises:
        DateInFuture: The day has not come.
        NothingWasDue: Nothing was due in the period.
    """
    known = await known_person(session, fallback)
    person, today = known.person, known.person.today(now)
    day = day or today
    if day > today:
        raise DateInFuture(day, today)
    window = period_of(kind, day, person)
    records = await records_of(session, known, since=_since([window], today), today=today)
    if not _was_due(records, kind, window, today):
        raise NothingWasDue(window.first, window.last)
    if await people.lock(session, person.id) is None:  # deleted, perhaps since the read above
        raise NothingWasDue(window.first, window.last)
    report = await _build_report(session, person, records, kind, window, now=now)
    return await _store_and_publish(session, report, person)


async def get_report(session: AsyncSession, owner_id: UUID, report_id: UUID) -> Report:
    """Return a stored report.

    Raises:
        ReportNotFound: The person has no such report.
    """
    report = await reports.find_report(session, owner_id, report_id)
    if report is None:
        raise ReportNotFound(report_id)
    return report


async def list_reports(
    session: AsyncSession,
    owner_id: UUID,
    *,
    kind: ReportKind | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[Report]:
    """Return stored reports, newest period first, after the one that a page ended with."""
    return await reports.list_reports(session, owner_id, kind=kind, after=after, limit=limit)


async def publish_due_reports(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Create and publish the reports that are due; return for how many people.

    Each is published once. One that is more than two hours late, because the machine was down, is
    recorded as missed.
    """
    claimed = await people.claim_due_reports(session, now=now, limit=limit)
    if not claimed:
        return 0
    in_time: list[tuple[Person, date]] = []
    for state in claimed:
        person, day = await _skip_missed(session, state, now=now)
        if day is not None:
            in_time.append((person, day))
            due = next_due_report(person, first=day + ONE_DAY, now=now)
            await people.update_next_report(session, person.id, due)
    await _publish_on_time(session, in_time, now=now)
    return len(claimed)


async def postpone_report(session: AsyncSession, *, now: datetime) -> None:
    """Postpone the person who is first in the queue: their report cannot be created."""
    for state in await people.claim_due_reports(session, now=now, limit=1):
        due = _due_report(state.next_report_date, now + POSTPONED)
        await people.update_next_report(session, state.person.id, due)


async def delete_expired_turns(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete outcomes of reports that can no longer be asked for again; return how many."""
    return await reports.delete_turns(session, before=now - TURNS_RETENTION, limit=limit)


async def _skip_missed(
    session: AsyncSession, state: PersonState, *, now: datetime
) -> tuple[Person, date | None]:
    """Record reports that are too late as missed; return the day that is due now, else None."""
    person, day, moment = state.person, state.next_report_date, state.next_report_time
    for _ in range(_MOST_MISSED):
        if day is None or moment is None or moment > now:
            await people.update_next_report(session, person.id, _due_report(day, moment))
            return person, None
        if now - moment <= MAX_LATENESS:
            return person, day
        for kind in kinds_on(person, day):
            first = period_of(kind, day, person).first
            await reports.claim_report(
                session, person.id, kind, first, outcome=Outcome.MISSED, now=now
            )
        day, moment = next_due_report(person, first=day + ONE_DAY, now=moment) or (None, None)
    today = person.today(now)
    await people.update_next_report(
        session, person.id, next_due_report(person, first=today, now=now)
    )
    return person, None


async def _publish_on_time(
    session: AsyncSession, due: Sequence[tuple[Person, date]], *, now: datetime
) -> None:
    """Create and publish the reports of people, each for a day; facts are read once for all."""
    periods = {
        person.id: [(kind, period_of(kind, day, person)) for kind in kinds_on(person, day)]
        for person, day in due
    }
    today = {person.id: person.today(now) for person, _ in due}
    since = {
        owner_id: _since([window for _, window in wanted], today[owner_id])
        for owner_id, wanted in periods.items()
    }
    records = await list_records(session, [person for person, _ in due], since=since, today=today)
    for person, _ in due:
        for kind, window in periods[person.id]:
            await _publish_once(session, person, records[person.id], kind, window, now=now)


async def _publish_once(
    session: AsyncSession,
    person: Person,
    records: Sequence[HabitRecord],
    kind: ReportKind,
    window: Window,
    *,
    now: datetime,
) -> None:
    was_due = _was_due(records, kind, window, person.today(now))
    outcome = Outcome.PUBLISHED if was_due else Outcome.NOTHING_DUE
    taken = await reports.claim_report(
        session, person.id, kind, window.first, outcome=outcome, now=now
    )
    if taken and was_due:
        report = await _build_report(session, person, records, kind, window, now=now)
        await _store_and_publish(session, report, person)


def _since(windows: Sequence[Window], today: date) -> date:
    """Return the first day that reports of these periods, and their recommendations, read."""
    firsts = [(window.before() or window).first for window in windows]
    return min(today - timedelta(days=LOOK_BACK_DAYS), *firsts)


def _was_due(records: Sequence[HabitRecord], kind: ReportKind, window: Window, today: date) -> bool:
    if kind is ReportKind.DAILY:  # as that evening saw it: a week that is open is due that day
        return any(state_on(record, window.last, window.last) in _COUNTS for record in records)
    return tally_of_all(records, window, today).asked


async def _build_report(
    session: AsyncSession,
    person: Person,
    records: Sequence[HabitRecord],
    kind: ReportKind,
    window: Window,
    *,
    now: datetime,
) -> Report:
    """Build a report; its numbers are those of the summary of the period."""
    today = person.today(now)
    numbers = summarize(person, records, window, today)
    last = min(window.last, today)
    states = Counter(state_on(record, last, today) for record in records)
    completed = states[DayState.MET]
    found = await recommend(session, person, records, now=now)
    best = found.recommendations[0] if found.recommendations else None
    if best is not None:
        text = best.suggestion.text
    else:
        with use_language(person.locale):
            text = encouragement(
                numbers,
                completed,
                open_habit_count=states[DayState.OPEN],
                data_days=found.data_days,
            )
    return Report(
        id=uuid7(),
        owner_id=person.id,
        kind=kind,
        summary=numbers,
        completed_habit_count=completed,
        recommendation_text=text,
        recommendation_id=best.id if best else None,
        create_time=now,
    )


async def _store_and_publish(session: AsyncSession, report: Report, person: Person) -> Report:
    """Store a report and publish it, in one transaction."""
    kept = replace(report, id=await reports.upsert_report(session, report))
    await events.publish_report(session, kept, texts_of(person.locale))
    return kept


def _due_report(day: date | None, moment: datetime | None) -> tuple[date, datetime] | None:
    return None if day is None or moment is None else (day, moment)
