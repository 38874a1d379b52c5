"""Reports: what period each is about, when it is due, and what it says."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from rhythm.schedule import month_of, week_of
from services.analytics.domain.i18n import gettext, ngettext
from services.analytics.domain.person import DEFAULT_REPORT_TIME, Person
from services.analytics.domain.summary import Summary
from services.analytics.domain.window import ONE_DAY, Window

MAX_LATENESS = timedelta(hours=2)
"""A report later than this is not sent any more: it is recorded as missed."""

LEAST_DATA_DAYS = 14
"""No recommendation is made on fewer days of data."""

_LOOK_AHEAD_DAYS = 62
"""Any kind of report comes at least once in so many days."""


class ReportKind(StrEnum):
    """What period a report is about."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Outcome(StrEnum):
    """The outcome of a scheduled report."""

    PUBLISHED = "told"
    NOTHING_DUE = "nothing_due"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A person's numbers of one period, as published."""

    id: UUID
    owner_id: UUID
    kind: ReportKind
    summary: Summary
    completed_habit_count: int
    """Habits whose goal was reached on the last day of the period that has come."""
    recommendation_text: str
    recommendation_id: UUID | None = None
    """The recommendation whose sentence that is; None for an encouragement."""
    create_time: datetime


def period_of(kind: ReportKind, day: date, person: Person) -> Window:
    """Return the day, the person's week or the month that holds a day."""
    if kind is ReportKind.DAILY:
        return Window(day, day)
    is_week = kind is ReportKind.WEEKLY
    return Window(*(week_of(day, person.week_start) if is_week else month_of(day)))


def kinds_on(person: Person, day: date) -> tuple[ReportKind, ...]:
    """Return the reports a person wants on the evening of a day.

    The weekly one comes on the last day of the week, the monthly one on the last day of the month.
    """
    wanted = {
        ReportKind.DAILY: person.daily_report_time is not None,
        ReportKind.WEEKLY: person.weekly_report,
        ReportKind.MONTHLY: person.monthly_report,
    }
    return tuple(
        kind
        for kind, is_wanted in wanted.items()
        if is_wanted and period_of(kind, day, person).last == day
    )


def report_moment(person: Person, day: date) -> datetime | None:
    """Return when the reports of a day are due; None if the person never lives that day.

    Without a daily report the others come at the usual time.
    """
    return person.moment_of(day, person.daily_report_time or DEFAULT_REPORT_TIME)


def next_due_report(person: Person, *, first: date, now: datetime) -> tuple[date, datetime] | None:
    """Return the next day with a report to come, and its moment.

    Args:
        person: Whose reports.
        first: The first day that may still have one.
        now: Moments up to now have passed.

    Returns:
        The day and the moment; None when the person wants no report.
    """
    for offset in range(_LOOK_AHEAD_DAYS):
        day = first + timedelta(days=offset)
        moment = report_moment(person, day)
        if moment is not None and moment > now and kinds_on(person, day):
            return day, moment
    return None


def rescheduled_report(
    person: Person, pending: date | None, *, now: datetime
) -> tuple[date, datetime] | None:
    """Return the next due report of a person whose zone or day start has changed.

    A pending report is not lost by travel: if its moment has passed in the new zone it is due
    now. A published one is not published again: `pending` is the first day without one.
    """
    today = person.today(now)
    if pending is None or pending > today:
        return next_due_report(person, first=pending or today, now=now)
    moment = report_moment(person, pending)
    if moment is None:
        return next_due_report(person, first=pending + ONE_DAY, now=now)
    return pending, max(moment, now)


def encouragement(
    summary: Summary, completed_habit_count: int, *, open_habit_count: int = 0, data_days: int
) -> str:
    """Return a sentence for a report without a recommendation, in the current language.

    Args:
        summary: The numbers of the period.
        completed_habit_count: Habits whose goal was reached on its last day.
        open_habit_count: Habits with a unit that is open, such as a week.
        data_days: Since how many days the person has checked in.
    """
    is_day = summary.from_date == summary.to_date
    if is_day and summary.perfect_day_count and completed_habit_count:
        if open_habit_count:
            return ngettext(
                "Today is done; {count} habit still has time. Keep going!",
                "Today is done; {count} habits still have time. Keep going!",
                open_habit_count,
            )
        return gettext("Everything due today is done. Keep going!")
    if not completed_habit_count:
        return gettext("One small check-in tomorrow is enough to begin again.")
    if data_days < LEAST_DATA_DAYS:
        return gettext("Keep checking in: advice comes with two weeks of days to learn from.")
    return gettext("Keep going as you are.")
