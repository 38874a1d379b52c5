"""Events about people, wire to domain."""

from datetime import date, time
from uuid import UUID

from contracts.auth.v1 import account_pb2 as wire
from contracts.auth.v1.account_pb2 import WEEKDAY_MONDAY, WEEKDAY_UNSPECIFIED, Account
from contracts.auth.v1.auth_events_pb2 import UserUpdated
from contracts.notifications.v1.chat_link_pb2 import Preferences
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChange
from services.habits.domain.people import Person


def person_from_wire(account: Account) -> Person:
    """Return the person of an account, as far as their days go."""
    first = account.week_start if account.week_start != WEEKDAY_UNSPECIFIED else WEEKDAY_MONDAY
    return Person(
        id=UUID(account.id),
        timezone=account.timezone or "UTC",
        day_start=time.fromisoformat(account.day_start or "00:00"),
        week_start=Weekday(first - WEEKDAY_MONDAY),
        week_changes=tuple(map(_week_change, account.week_changes)),
        locale=account.locale or "en",
        floor_date=date.fromisoformat(account.floor_date) if account.floor_date else None,
        revision=account.revision,
    )


def _week_change(change: wire.WeekChange) -> WeekChange:
    text = change.effective_date
    day = date.fromisoformat(text) if text else date.min
    return WeekChange(day, Weekday(change.week_start - WEEKDAY_MONDAY))


def skipped_dates_from_wire(event: UserUpdated) -> tuple[date, date] | None:
    """Return the first and last day that a change of zone skipped; None when it skipped none."""
    if not event.jumped_from_date:
        return None
    first = date.fromisoformat(event.jumped_from_date)
    return first, date.fromisoformat(event.jumped_to_date or event.jumped_from_date)


def quiet_hours_from_wire(preferences: Preferences) -> tuple[time, time] | None:
    """Return when reminders wait; None when they never do."""
    if not preferences.quiet_from or not preferences.quiet_to:
        return None
    begin = time.fromisoformat(preferences.quiet_from)
    end = time.fromisoformat(preferences.quiet_to)
    return None if begin == end else (begin, end)
