"""Reports: made when their time has come, or when somebody asks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from rhythm.history import DayState
from services.analytics import events
from services.analytics.dao import people, reports
from services.analytics.dao.people import Standing
from services.analytics.dao.records import list_records
from services.analytics.domain.errors import DateInFuture, NothingWasDue, ReportNotFound
from services.analytics.domain.habit import Record
from services.analytics.domain.person import Person
from services.analytics.domain.recommend.subject import LOOK_BACK_DAYS
from services.analytics.domain.report import (
    LATEST,
    Outcome,
    Report,
    ReportKind,
    encouragement,
    kinds_on,
    next_turn,
    period_of,
)
from services.analytics.domain.summary import summarize
from services.analytics.domain.tally import state_on, tally_of_all
from services.analytics.domain.window import ONE_DAY, Window
from services.analytics.use_cases.numbers import known_person, records_of
from services.analytics.use_cases.recommendations import counsel

POSTPONED = timedelta(minutes=10)
"""When to try again with a person whose report could not be made."""

_MOST_MISSED = 400
_COUNTS = (DayState.MET, DayState.FAILED, DayState.OPEN)


async def create_report(
    session: AsyncSession,
    stand_in: Person,
    kind: ReportKind,
    day: date | None,
    *,
    now: datetime,
) -> Report:
    """Make the report of the period that holds a day, today if left out, and tell it.

    Raises:
        DateInFuture: The day has not come.
        NothingWasDue: Nothing was due in the period.
    """
    known = await known_person(session, stand_in)
    person, today = known.person, known.person.today(now)
    day = day or today
    if day > today:
        raise DateInFuture(day, today)
    window = period_of(kind, day, person)
    records = await records_of(session, known, since=_since([window], today), today=today)
    if not _was_due(records, kind, window, today):
        raise NothingWasDue(window.first, window.last)
    report = await _made(session, person, records, kind, window, now=now)
    return await _tell(session, report)


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


async def tell_due_reports(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Make and tell the reports whose time has come; return for how many people.

    Each report has one turn, so it is told once. One that is more than two hours late, after the
    machine has been down, is recorded as missed.
    """
    claimed = await people.claim_due_reports(session, now=now, limit=limit)
    if not claimed:
        return 0
    in_time: list[tuple[Person, date]] = []
    for standing in claimed:
        person, day = await _pass_over_missed(session, standing, now=now)
        if day is not None:
            in_time.append((person, day))
            turn = next_turn(person, first=day + ONE_DAY, now=now)
            await people.keep_next_report(session, person.id, turn)
    await _tell_in_time(session, in_time, now=now)
    return len(claimed)


async def postpone_report(session: AsyncSession, *, now: datetime) -> None:
    """Let the person who is first in the queue wait: their report cannot be made."""
    for standing in await people.claim_due_reports(session, now=now, limit=1):
        turn = _turn(standing.next_report_date, now + POSTPONED)
        await people.keep_next_report(session, standing.person.id, turn)


async def _pass_over_missed(
    session: AsyncSession, standing: Standing, *, now: datetime
) -> tuple[Person, date | None]:
    """Record what is too late to be told; return the day that is not, None if it is to come."""
    person, day, moment = standing.person, standing.next_report_date, standing.next_report_time
    for _ in range(_MOST_MISSED):
        if day is None or moment is None or moment > now:
            await people.keep_next_report(session, person.id, _turn(day, moment))
            return person, None
        if now - moment <= LATEST:
            return person, day
        for kind in kinds_on(person, day):
            first = period_of(kind, day, person).first
            await reports.take_turn(
                session, person.id, kind, first, outcome=Outcome.MISSED, now=now
            )
        day, moment = next_turn(person, first=day + ONE_DAY, now=moment) or (None, None)
    today = person.today(now)
    await people.keep_next_report(session, person.id, next_turn(person, first=today, now=now))
    return person, None


async def _tell_in_time(
    session: AsyncSession, due: Sequence[tuple[Person, date]], *, now: datetime
) -> None:
    """Make and tell the reports of people, each for a day; facts are read once for all."""
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
            await _take_turn(session, person, records[person.id], kind, window, now=now)


async def _take_turn(
    session: AsyncSession,
    person: Person,
    records: Sequence[Record],
    kind: ReportKind,
    window: Window,
    *,
    now: datetime,
) -> None:
    was_due = _was_due(records, kind, window, person.today(now))
    outcome = Outcome.TOLD if was_due else Outcome.NOTHING_DUE
    taken = await reports.take_turn(
        session, person.id, kind, window.first, outcome=outcome, now=now
    )
    if taken and was_due:
        await _tell(session, await _made(session, person, records, kind, window, now=now))


def _since(windows: Sequence[Window], today: date) -> date:
    """Return the first day that reports of these periods, and the advice in them, look at."""
    firsts = [(window.before() or window).first for window in windows]
    return min(today - timedelta(days=LOOK_BACK_DAYS), *firsts)


def _was_due(records: Sequence[Record], kind: ReportKind, window: Window, today: date) -> bool:
    if kind is ReportKind.DAILY:  # as that evening saw it: a week that is open is due that day
        return any(state_on(record, window.last, window.last) in _COUNTS for record in records)
    return tally_of_all(records, window, today).asked


async def _made(
    session: AsyncSession,
    person: Person,
    records: Sequence[Record],
    kind: ReportKind,
    window: Window,
    *,
    now: datetime,
) -> Report:
    """Make a report; its numbers are those the summary of the period would give."""
    today = person.today(now)
    numbers = summarize(person, records, window, today)
    last = min(window.last, today)
    completed = sum(state_on(record, last, today) is DayState.MET for record in records)
    found = await counsel(session, person, records, now=now)
    text = (
        found.advice[0].text
        if found.advice
        else encouragement(numbers, completed, data_days=found.data_days)
    )
    return Report(
        id=uuid7(),
        owner_id=person.id,
        kind=kind,
        summary=numbers,
        completed_habit_count=completed,
        recommendation_text=text,
        create_time=now,
    )


async def _tell(session: AsyncSession, report: Report) -> Report:
    """Keep a report and announce it, in the one transaction."""
    kept = replace(report, id=await reports.keep_report(session, report))
    await events.announce_report(session, kept)
    return kept


def _turn(day: date | None, moment: datetime | None) -> tuple[date, datetime] | None:
    return None if day is None or moment is None else (day, moment)
