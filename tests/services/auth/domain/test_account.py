"""What changing zone or start of day does to a person's today."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from rhythm.schedule import Weekday as WeekStart
from rhythm.week_changes import WeekChange
from services.auth.domain.account import Account, JumpedDays, Profile, Weekday, jumped_days

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def an_account(timezone: str = "UTC", day_start: time = time(), **fields: object) -> Account:
    return Account(
        id=UUID(int=1),
        email="ann@example.com",
        create_time=NOON,
        timezone=timezone,
        day_start=day_start,
        **fields,  # type: ignore[arg-type]
    )


def test_nothing_new_is_no_change() -> None:
    account = an_account(display_name="Ann")
    assert account.updated(Profile(display_name="Ann", timezone="UTC"), now=NOON) is account
    assert account.updated(Profile(), now=NOON) is account


def test_a_change_counts_up() -> None:
    updated = an_account().updated(Profile(week_start=Weekday.SUNDAY, locale="de"), now=NOON)
    assert (updated.week_start, updated.locale, updated.revision) == (Weekday.SUNDAY, "de", 2)
    assert updated.floor_date is None


def test_changes_of_the_week_start_are_kept_with_their_days() -> None:
    """Two on one day are one, and going back on the same day is none."""
    first = an_account(day_start=time(12)).updated(
        Profile(week_start=Weekday.SUNDAY), now=NOON - timedelta(hours=1)
    )
    monday = WeekChange(date.min, WeekStart.MON)
    assert first.week_changes == (monday, WeekChange(date(2026, 3, 9), WeekStart.SUN))
    again = first.updated(Profile(week_start=Weekday.SATURDAY), now=NOON - timedelta(minutes=1))
    assert again.week_changes == (monday, WeekChange(date(2026, 3, 9), WeekStart.SAT))
    back = again.updated(Profile(week_start=Weekday.MONDAY), now=NOON - timedelta(minutes=1))
    assert back.week_changes == ()
    later = again.updated(Profile(week_start=Weekday.MONDAY), now=NOON)
    assert later.week_changes == (*again.week_changes, WeekChange(date(2026, 3, 10), WeekStart.MON))
    assert later.updated(Profile(locale="de"), now=NOON).week_changes == later.week_changes


def test_an_empty_name_and_midnight_are_values() -> None:
    account = an_account(day_start=time(3), display_name="Ann")
    updated = account.updated(Profile(display_name="", day_start=time()), now=NOON)
    assert (updated.display_name, updated.day_start) == ("", time())


@pytest.mark.parametrize(
    ("before", "after", "now", "left", "today", "jump"),
    [
        # West over the date line: it is yesterday again, and today stays.
        (
            ("Pacific/Auckland", time()),
            Profile(timezone="Pacific/Honolulu"),
            datetime(2026, 3, 10, 20, tzinfo=UTC),
            date(2026, 3, 11),
            date(2026, 3, 11),
            None,
        ),
        # East over the date line: the next day, none between.
        (
            ("Pacific/Honolulu", time()),
            Profile(timezone="Pacific/Auckland"),
            datetime(2026, 3, 10, 20, tzinfo=UTC),
            date(2026, 3, 10),
            date(2026, 3, 11),
            None,
        ),
        # From the last zone to the first, late: a day nobody lived.
        (
            ("Pacific/Pago_Pago", time()),
            Profile(timezone="Pacific/Kiritimati"),
            datetime(2026, 3, 10, 10, 30, tzinfo=UTC),
            date(2026, 3, 9),
            date(2026, 3, 11),
            JumpedDays(date(2026, 3, 10), date(2026, 3, 10)),
        ),
        # A later start of day, at one in the morning: yesterday again, and today stays.
        (
            ("Europe/Berlin", time()),
            Profile(day_start=time(3)),
            datetime(2026, 3, 10, 0, 0, tzinfo=UTC),
            date(2026, 3, 10),
            date(2026, 3, 10),
            None,
        ),
    ],
)
def test_today_never_goes_back(
    before: tuple[str, time],
    after: Profile,
    now: datetime,
    left: date,
    today: date,
    jump: JumpedDays | None,
) -> None:
    account = an_account(*before)
    updated = account.updated(after, now=now)
    assert updated.floor_date == left == account.today(now)
    assert updated.today(now) == today
    assert jumped_days(account, updated, now=now) == jump


def test_there_and_back_again_on_one_day_is_the_same_day() -> None:
    now = datetime(2026, 3, 10, 20, tzinfo=UTC)
    away = an_account("Pacific/Auckland").updated(Profile(timezone="Pacific/Honolulu"), now=now)
    home = away.updated(Profile(timezone="Pacific/Auckland"), now=now)
    assert home.floor_date == date(2026, 3, 11) == home.today(now)


def test_a_floor_is_passed_by_the_next_day() -> None:
    now = datetime(2026, 3, 10, 20, tzinfo=UTC)
    away = an_account("Pacific/Auckland").updated(Profile(timezone="Pacific/Honolulu"), now=now)
    days = [away.today(datetime(2026, 3, day, 20, tzinfo=UTC)).day for day in (10, 11, 12)]
    assert days == [11, 11, 12]
