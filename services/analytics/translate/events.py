"""Events of other services as domain values. An unreadable event is refused, and so parked."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from uuid import UUID

from chassis.errors import InvalidArgument
from contracts.auth.v1 import account_pb2 as auth
from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.habit_events_pb2 import CheckInChanged
from contracts.notifications.v1 import notification_events_pb2 as notifications
from rhythm import days
from rhythm.goal import Direction, Goal, Measure, NoAnswer, thousandths_of
from rhythm.plan import DayFact, Mark, Pause, Version
from rhythm.schedule import Frequency, Schedule, Weekday, WeekdayOrdinal, YearDay
from rhythm.week_changes import WeekChange
from services.analytics.domain.habit import Habit, RecordedDay, RecordedPause
from services.analytics.domain.person import Person
from services.analytics.translate.values import (
    date_from_wire,
    decimal_from_wire,
    id_from_wire,
    moment_from_wire,
    optional_date_from_wire,
    optional_id_from_wire,
    wall_time_from_wire,
)

_MEASURES = {
    habit_pb2.MEASURE_YES_NO: Measure.YES_NO,
    habit_pb2.MEASURE_QUANTITY: Measure.QUANTITY,
}
_DIRECTIONS = {
    habit_pb2.DIRECTION_AT_LEAST: Direction.AT_LEAST,
    habit_pb2.DIRECTION_AT_MOST: Direction.AT_MOST,
}
_NO_ANSWERS = {
    habit_pb2.NO_ANSWER_UNSPECIFIED: NoAnswer.SUCCESS,
    habit_pb2.NO_ANSWER_SUCCESS: NoAnswer.SUCCESS,
    habit_pb2.NO_ANSWER_NEUTRAL: NoAnswer.NEUTRAL,
    habit_pb2.NO_ANSWER_FAILURE: NoAnswer.FAILURE,
}
_FREQUENCIES = {
    habit_pb2.FREQUENCY_DAILY: Frequency.DAILY,
    habit_pb2.FREQUENCY_WEEKLY: Frequency.WEEKLY,
    habit_pb2.FREQUENCY_MONTHLY: Frequency.MONTHLY,
    habit_pb2.FREQUENCY_ROLLING: Frequency.ROLLING,
    habit_pb2.FREQUENCY_YEARLY: Frequency.YEARLY,
}
_MARKS = {
    check_in_pb2.MARK_DONE: Mark.DONE,
    check_in_pb2.MARK_SKIP: Mark.SKIP,
    check_in_pb2.MARK_MISSED: Mark.MISSED,
}


class FactUnreadable(InvalidArgument):
    """An event of another service cannot be read; look at the parked event."""

    def __init__(self, fact: str, cause: Exception) -> None:
        super().__init__(f"The {fact} cannot be read: {cause!r}.", fact=fact)


def _readable[**P, T](read: Callable[P, T]) -> Callable[P, T]:
    """Turn the errors of a reader into `FactUnreadable`."""

    @wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except (ValueError, KeyError, IndexError) as error:
            raise FactUnreadable(read.__name__.removesuffix("_from_wire"), error) from error

    return reading


@_readable
def account_from_wire(account: auth.Account) -> tuple[Person, int]:
    """Read a person's settings, and their revision.

    Raises:
        FactUnreadable: A value is not what it should be.
    """
    days.zone_of(account.timezone)
    monday_first = max(account.week_start, auth.WEEKDAY_MONDAY)
    person = Person(
        id=id_from_wire("id", account.id),
        timezone=account.timezone,
        day_start=wall_time_from_wire(account.day_start or "00:00"),
        week_start=Weekday(monday_first - auth.WEEKDAY_MONDAY),
        week_changes=tuple(map(_week_change, account.week_changes)),
        floor_date=optional_date_from_wire("floor_date", account.floor_date),
        locale=account.locale or "en",
    )
    return person, account.revision


def _week_change(change: auth.WeekChange) -> WeekChange:
    day = optional_date_from_wire("effective_date", change.effective_date)
    return WeekChange(day or date.min, Weekday(change.week_start - auth.WEEKDAY_MONDAY))


@_readable
def preferences_from_wire(event: notifications.PreferencesChanged) -> Person:
    """Read which reports a person wants; only these values of the answer mean anything.

    Raises:
        FactUnreadable: A value is not what it should be.
    """
    preferences = event.preferences
    at = preferences.daily_report_time
    return Person(
        id=id_from_wire("owner_id", event.owner_id),
        daily_report_time=wall_time_from_wire(at) if at else None,
        weekly_report=preferences.weekly_report,
        monthly_report=preferences.monthly_report,
    )


@_readable
def habit_from_wire(owner_id: UUID, habit: habit_pb2.Habit, revision: int) -> Habit:
    """Read a habit with all its versions.

    Raises:
        FactUnreadable: A value is not what it should be.
    """
    measure = _MEASURES[habit.measure]
    archived = habit.archive_date or None
    if archived is None and habit.state == habit_pb2.STATE_ARCHIVED:
        archived = moment_from_wire(habit.archive_time).date().isoformat()
    return Habit(
        id=id_from_wire("id", habit.id),
        owner_id=owner_id,
        revision=revision,
        title=habit.title,
        unit=habit.unit,
        measure=measure,
        start_date=date_from_wire("start_date", habit.start_date),
        archived_date=optional_date_from_wire("archive_date", archived or ""),
        versions=tuple(_version(measure, version) for version in habit.versions),
        reminder_times=tuple(wall_time_from_wire(it.local_time) for it in habit.reminders),
        position=habit.position,
        create_time=moment_from_wire(habit.create_time),
    )


@_readable
def owner_from_wire(event: CheckInChanged) -> UUID:
    """Read whose day changed.

    Raises:
        FactUnreadable: It is not an id.
    """
    return id_from_wire("owner_id", event.owner_id)


@_readable
def day_from_wire(owner_id: UUID, check_in: check_in_pb2.CheckIn) -> RecordedDay:
    """Read the state of a day.

    Raises:
        FactUnreadable: A value is not what it should be.
    """
    return RecordedDay(
        habit_id=id_from_wire("habit_id", check_in.habit_id),
        owner_id=owner_id,
        day=date_from_wire("check_in_date", check_in.check_in_date),
        revision=check_in.revision,
        fact=_fact(check_in.mark, check_in.amount),
        update_time=moment_from_wire(check_in.update_time),
        imported=check_in.source == check_in_pb2.SOURCE_IMPORT,
    )


@lru_cache(maxsize=1024)
def _fact(mark: check_in_pb2.Mark.ValueType, amount: str) -> DayFact | None:
    """Read what a day holds; most days hold the same."""
    if not (mark or amount):
        return None
    thousandths = thousandths_of(decimal_from_wire(amount)) if amount else 0
    return DayFact(_MARKS[mark] if mark else None, thousandths)


@_readable
def pause_from_wire(owner_id: UUID, pause: habit_pb2.Pause) -> RecordedPause:
    """Read a pause.

    Raises:
        FactUnreadable: A value is not what it should be.
    """
    return RecordedPause(
        id=id_from_wire("id", pause.id),
        owner_id=owner_id,
        habit_id=optional_id_from_wire("habit_id", pause.habit_id),
        pause=Pause(
            date_from_wire("from_date", pause.from_date),
            optional_date_from_wire("to_date", pause.to_date),
        ),
    )


def _version(measure: Measure, version: habit_pb2.Version) -> Version:
    goal = version.goal
    is_quantity = measure is Measure.QUANTITY
    return Version(
        effective_date=date_from_wire("effective_date", version.effective_date),
        schedule=_schedule(version.schedule),
        goal=Goal(
            direction=_DIRECTIONS[goal.direction or habit_pb2.DIRECTION_AT_LEAST],
            amount_thousandths=thousandths_of(decimal_from_wire(goal.amount))
            if is_quantity
            else None,
            no_answer=_NO_ANSWERS[goal.no_answer],
        ),
    )


def _schedule(schedule: habit_pb2.Schedule) -> Schedule:
    return Schedule(
        frequency=_FREQUENCIES[schedule.frequency],
        interval=schedule.interval or 1,
        weekdays=tuple(Weekday(day - habit_pb2.WEEKDAY_MONDAY) for day in schedule.weekdays),
        times=schedule.times or None,
        month_days=tuple(schedule.month_days),
        days=schedule.days or None,
        weekday_ordinals=tuple(
            WeekdayOrdinal(Weekday(it.weekday - habit_pb2.WEEKDAY_MONDAY), it.ordinal)
            for it in schedule.weekday_ordinals
        ),
        year_days=tuple(YearDay(it.month, it.day) for it in schedule.year_days),
        anchor_date=optional_date_from_wire("anchor_date", schedule.anchor_date),
    )
