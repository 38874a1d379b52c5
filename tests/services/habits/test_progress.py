"""Progress, history and today, over gRPC: the numbers people look at."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from contracts.auth.v1.account_pb2 import (
    WEEKDAY_MONDAY,
    WEEKDAY_SUNDAY,
    Account,
    WeekChange,
)
from contracts.auth.v1.auth_events_pb2 import UserUpdated
from contracts.habits.v1.check_in_pb2 import MARK_DONE, MARK_MISSED, MARK_SKIP, UNIT_WEEK
from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_MOST,
    FREQUENCY_MONTHLY,
    FREQUENCY_WEEKLY,
    MEASURE_QUANTITY,
    Goal,
    Schedule,
)
from contracts.habits.v1.progress_service_pb2 import (
    OUTCOME_FAILED,
    OUTCOME_MET,
    OUTCOME_NEUTRAL,
    OUTCOME_NOT_DUE,
    OUTCOME_OPEN,
    GetPersonRequest,
    GetProgressRequest,
    ListRevisionsRequest,
)
from services.habits import consumers
from tests.services.habits.api_calls import history, look
from tests.services.habits.habits_server import NOON, TODAY, HabitsServer, Person, ago, refused


async def test_a_new_habit_has_no_made_up_numbers(ann: Person) -> None:
    progress = await ann.looks_at(await ann.makes())
    assert progress.current_streak.length_count == 0
    assert progress.current_streak.start_date == ""
    assert progress.check_in_count == 0
    assert progress.strength == 0
    assert progress.today_date == str(TODAY)
    assert [it.window for it in progress.completions] == ["7d", "30d", "90d", "all"]
    assert not any(it.HasField("rate") for it in progress.completions)
    assert progress.current_unit.outcome == OUTCOME_OPEN
    assert (progress.current_unit.done, progress.current_unit.asked) == ("0", "1")


async def test_numbers_of_a_lived_habit(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(9)))
    for days in (9, 8, 7, 6, 4, 2, 1):
        await ann.does(habit, ago(days))
    await ann.sets(habit, ago(3), mark=MARK_SKIP)
    progress = await ann.looks_at(habit)
    current, best = progress.current_streak, progress.best_streak
    assert (current.length_count, current.start_date, current.end_date) == (
        3,
        str(ago(4)),
        str(ago(1)),
    )
    assert (best.length_count, best.start_date, best.end_date) == (4, str(ago(9)), str(ago(6)))
    assert current.at_risk
    assert current.deadline_time.ToDatetime(UTC) == datetime(2026, 1, 15, tzinfo=UTC)
    counts = {it.window: (it.met_count, it.failed_count) for it in progress.completions}
    assert counts == {"7d": (4, 1), "30d": (7, 1), "90d": (7, 1), "all": (7, 1)}
    assert progress.completions[0].rate == pytest.approx(0.8)
    assert progress.check_in_count == 7
    assert 0.2 < progress.strength < 0.4


async def test_one_check_in_of_a_week_is_one_week(ann: Person) -> None:
    habit = await ann.makes(schedule=Schedule(frequency=FREQUENCY_WEEKLY))
    await ann.does(habit)
    progress = await ann.looks_at(habit)
    assert progress.current_streak.length_count == 1
    assert progress.current_streak.unit == UNIT_WEEK


async def test_the_unit_says_how_far_it_is(ann: Person) -> None:
    habit = await ann.makes(
        measure=MEASURE_QUANTITY,
        unit="km",
        goal=Goal(amount="30"),
        schedule=Schedule(frequency=FREQUENCY_MONTHLY),
        start_date="2026-01-01",
    )
    await ann.does(habit, "2026-01-02", amount="10.5")
    unit = (await ann.looks_at(habit)).current_unit
    assert (unit.from_date, unit.to_date) == ("2026-01-01", "2026-01-31")
    assert (unit.done, unit.asked, unit.done_percent) == ("10.5", "30", 35)
    assert unit.outcome == OUTCOME_OPEN


async def test_a_deadline_is_the_end_of_the_owners_day(habits: HabitsServer) -> None:
    owl = habits.person(timezone="Europe/Berlin", day_start=time(3))
    progress = await owl.looks_at(await owl.makes())
    deadline = progress.current_streak.deadline_time.ToDatetime(UTC)
    assert deadline == datetime(2026, 1, 15, 2, tzinfo=UTC)


async def test_progress_explains_itself(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(500)))
    await ann.does(habit, ago(1))
    request = GetProgressRequest(habit_id=habit.id, explain=True)
    units = (await ann.progress.GetProgress(request)).units
    assert len(units) == 400
    assert [unit.from_date for unit in units[:2]] == [str(TODAY), str(ago(1))]
    assert [unit.outcome for unit in units[:3]] == [OUTCOME_OPEN, OUTCOME_MET, OUTCOME_FAILED]
    assert not (await ann.progress.GetProgress(GetProgressRequest(habit_id=habit.id))).units


async def test_other_peoples_numbers_are_not_there(habits: HabitsServer, ann: Person) -> None:
    habit, bob = await ann.makes(), habits.person()
    with refused("HABIT_NOT_FOUND"):
        await bob.looks_at(habit)
    with refused("HABIT_NOT_FOUND"):
        await history(bob, habit)
    assert not (await look(bob)).items


async def test_a_history_shows_every_day(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(4)))
    await ann.does(habit, ago(4), note="first")
    await ann.sets(habit, ago(2), mark=MARK_SKIP)
    await ann.sets(habit, ago(1), mark=MARK_MISSED)
    days = (await history(ann, habit, ago(5), ago(-3))).days
    assert [it.history_date for it in days] == [str(ago(n)) for n in range(5, -1, -1)]
    assert [it.outcome for it in days] == [
        OUTCOME_NOT_DUE,
        OUTCOME_MET,
        OUTCOME_FAILED,
        OUTCOME_NEUTRAL,
        OUTCOME_FAILED,
        OUTCOME_OPEN,
    ]
    assert (days[1].mark, days[1].note) == (MARK_DONE, "first")
    assert days[1].strength > days[2].strength == days[3].strength > days[4].strength > 0
    assert days[5].strength == (await ann.looks_at(habit)).strength


async def test_a_history_is_the_last_month_unless_said_otherwise(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(400)))
    days = (await history(ann, habit)).days
    assert (days[0].history_date, days[-1].history_date) == (str(ago(30)), str(TODAY))
    days = (await history(ann, habit, to_date=ago(100))).days
    assert (days[0].history_date, days[-1].history_date) == (str(ago(130)), str(ago(100)))


async def test_a_history_behind_the_checkpoint_is_the_same(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(200)))
    for days in range(200, -1, -2):
        await ann.does(habit, ago(days))
    whole = list((await history(ann, habit, ago(200))).days)
    assert list((await history(ann, habit, ago(5))).days) == whole[-6:]
    assert list((await history(ann, habit, ago(120), ago(100))).days) == whole[80:101]


async def test_ranges_that_cannot_be_are_refused(ann: Person) -> None:
    habit = await ann.makes()
    with refused("RANGE_ENDS_BEFORE_START"):
        await history(ann, habit, ago(1), ago(2))
    with refused("RANGE_TOO_LONG"):
        await history(ann, habit, "2000-01-01")
    with refused("DATE_MALFORMED"):
        await history(ann, habit, "soon")


async def test_quitting_something(ann: Person) -> None:
    habit = await ann.makes(
        measure=MEASURE_QUANTITY,
        goal=Goal(direction=DIRECTION_AT_MOST, amount="0"),
        start_date=str(ago(10)),
    )
    assert (await ann.looks_at(habit)).current_streak.length_count == 10
    outcome = await ann.does(habit, ago(3), amount="1")
    assert outcome.current_streak.length_count == 2


async def test_a_week_begins_when_the_person_says(habits: HabitsServer) -> None:
    """What was counted by another week is counted anew, from the rows, at the next look."""
    ann = habits.person(week_start="mon")
    habit = await ann.makes(
        schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=2), start_date="2025-08-18"
    )
    for week in range(21):
        sunday = date(2025, 8, 24) + timedelta(weeks=week)
        await ann.does(habit, sunday)
        await ann.does(habit, sunday + timedelta(days=1))
    by_mondays = await ann.looks_at(habit)
    assert by_mondays.best_streak.length_count == 20
    async with habits.database.connection() as connection:
        await connection.execute("DELETE FROM habits.people WHERE owner_id = $1", ann.caller.id)
    by_sundays = habits.person_of(replace(ann.caller, week_start="sun"))
    assert (await by_sundays.looks_at(habit)).best_streak.length_count == 21
    await by_sundays.does(habit, "2025-08-19")
    outcome = await by_sundays.does(habit, "2025-08-20")
    assert outcome.current_streak.length_count == 22
    assert (await ann.looks_at(habit)).best_streak.length_count == 21


async def test_a_change_of_the_week_start_leaves_past_weeks_as_they_were(
    habits: HabitsServer,
) -> None:
    """Reported: a streak of 12 weeks was 0, and completion 0.5, after such a change."""
    ann = habits.person(week_start="mon")
    habit = await ann.makes(
        schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=2), start_date=str(ago(2 + 26 * 7))
    )
    for week in range(26):
        monday = ago(2 + 26 * 7 - 7 * week)
        await ann.does(habit, monday)
        await ann.does(habit, monday + timedelta(days=6))
    before = await ann.looks_at(habit)
    assert before.current_streak.length_count == 26
    account = Account(
        id=str(ann.caller.id),
        timezone="UTC",
        day_start="00:00",
        week_start=WEEKDAY_SUNDAY,
        revision=2,
        week_changes=[
            WeekChange(week_start=WEEKDAY_MONDAY),
            WeekChange(effective_date=str(TODAY), week_start=WEEKDAY_SUNDAY),
        ],
    )
    found = consumers.handlers.find(UserUpdated.DESCRIPTOR.full_name)
    assert found is not None
    async with habits.database.transaction() as session:
        await found[1](session, UserUpdated(account=account))
    after = await ann.looks_at(habit)
    assert after.current_streak.length_count == 26
    assert [it.rate for it in after.completions] == [it.rate for it in before.completions]
    assert (after.current_unit.from_date, after.current_unit.to_date) == (str(TODAY), str(ago(-3)))


async def test_get_person_tells_what_is_known(habits: HabitsServer) -> None:
    far = habits.person(timezone="Pacific/Kiritimati")
    known = await far.progress.GetPerson(GetPersonRequest())
    assert (known.revision, known.today_date) == (0, str(ago(-1)))
    async with habits.database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO habits.people (owner_id, timezone, floor_date, revision)
            VALUES ($1, 'UTC', $2, 7)""",
            far.caller.id,
            ago(-1),
        )
    known = await far.progress.GetPerson(GetPersonRequest())
    assert (known.revision, known.today_date) == (7, str(ago(-1)))
    habits.clock.advance(timedelta(days=2))
    known = await far.progress.GetPerson(GetPersonRequest())
    assert known.today_date == str(ago(-2))


async def test_flying_west_after_midnight_breaks_nothing(habits: HabitsServer) -> None:
    """Done at 00:30 in Auckland, then home to Los Angeles, where it is the morning before."""
    traveler = habits.person(timezone="Pacific/Auckland")
    habits.clock.set(datetime(2026, 1, 14, 11, 30, tzinfo=UTC))
    habit = await traveler.makes(start_date="2026-01-14")
    await traveler.does(habit, "2026-01-14")
    await traveler.does(habit, "2026-01-15")
    home = habits.person_of(
        replace(traveler.caller, timezone="America/Los_Angeles", floor_date=date(2026, 1, 15))
    )
    async with habits.database.connection() as connection:
        await connection.execute(
            "DELETE FROM habits.people WHERE owner_id = $1", traveler.caller.id
        )
    progress = await home.looks_at(habit)
    assert progress.today_date == "2026-01-15"
    assert progress.current_streak.length_count == 2
    habits.clock.set(NOON + timedelta(days=2))
    assert (await home.does(habit)).current_streak.length_count == 3


async def test_revisions_are_those_of_the_last_changes(habits: HabitsServer, ann: Person) -> None:
    water, run = [await ann.makes(start_date=str(ago(9))) for _ in range(2)]
    await ann.does(water, ago(1))
    await ann.clears(water, ago(1))
    bob = habits.person()
    await bob.makes()
    found = (await ann.progress.ListRevisions(ListRevisionsRequest())).revisions
    revisions = {it.habit_id: (it.habit_revision, it.check_in_revision) for it in found}
    assert revisions == {water.id: (1, 2), run.id: (1, 0)}
