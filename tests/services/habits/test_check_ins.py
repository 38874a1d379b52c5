"""Changing days, over gRPC."""

from datetime import time

from contracts.habits.v1.check_in_pb2 import (
    MARK_DONE,
    MARK_MISSED,
    MARK_SKIP,
    MARK_UNSPECIFIED,
    SOURCE_API,
    SOURCE_TELEGRAM,
    UNIT_DAY,
)
from contracts.habits.v1.habit_events_pb2 import CheckInChanged, HabitCheckedIn
from contracts.habits.v1.habit_pb2 import (
    FREQUENCY_WEEKLY,
    MEASURE_QUANTITY,
    WEEKDAY_MONDAY,
    Goal,
    Schedule,
)
from contracts.habits.v1.progress_service_pb2 import GetTodayRequest
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago


async def test_a_done_day_is_told_with_its_streak(ann: Person) -> None:
    habit = await ann.makes()
    outcome = await ann.does(habit, source=SOURCE_TELEGRAM, note="cold")
    assert outcome.changed
    assert outcome.check_in.check_in_date == str(TODAY)
    assert outcome.check_in.mark == MARK_DONE
    assert outcome.check_in.amount == ""
    assert outcome.check_in.note == "cold"
    assert outcome.check_in.source == SOURCE_TELEGRAM
    assert outcome.check_in.revision == 1
    assert outcome.current_streak.length_count == 1
    assert outcome.current_streak.unit == UNIT_DAY
    assert outcome.current_streak.start_date == str(TODAY)


async def test_a_day_counts_once(habits: HabitsServer, ann: Person) -> None:
    """The second check-in on a day is the first one again, and no event is published twice."""
    habit = await ann.makes()
    first = await ann.does(habit)
    again = await ann.does(habit)
    assert not again.changed
    assert again.check_in == first.check_in
    assert len(await habits.events_of(ann, CheckInChanged)) == 1
    assert len(await habits.events_of(ann, HabitCheckedIn)) == 1
    assert await habits.count("changes", habit) == 1


async def test_amounts_add_up_and_each_is_a_row(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, unit="l", goal=Goal(amount="2"))
    await ann.does(habit, amount="0.75")
    outcome = await ann.does(habit, amount="1.125")
    assert outcome.check_in.amount == "1.875"
    assert outcome.current_streak.length_count == 0
    outcome = await ann.does(habit, amount="0.125")
    assert outcome.check_in.amount == "2"
    assert outcome.current_streak.length_count == 1
    assert await habits.count("changes", habit) == 3
    assert await habits.count("days", habit) == 1


async def test_a_past_day_can_be_filled_in(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(400)))
    for days in (0, 1, 3):
        await ann.does(habit, ago(days))
    outcome = await ann.does(habit, ago(2))
    assert outcome.current_streak.length_count == 4
    assert outcome.current_streak.start_date == str(ago(3))
    outcome = await ann.does(habit, ago(399))
    assert outcome.current_streak.length_count == 4


async def test_setting_a_day_replaces_whatever_it_held(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="2"))
    await ann.does(habit, amount="1.5", note="half way")
    outcome = await ann.sets(habit, mark=MARK_SKIP)
    assert (outcome.check_in.mark, outcome.check_in.amount) == (MARK_SKIP, "")
    assert outcome.check_in.note == "half way"
    outcome = await ann.sets(habit, amount="3", note="")
    assert (outcome.check_in.mark, outcome.check_in.amount) == (MARK_UNSPECIFIED, "3")
    assert outcome.check_in.note == ""
    again = await ann.sets(habit, amount="3.000")
    assert not again.changed


async def test_doing_some_after_a_skip_takes_the_skip_back(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="2"))
    await ann.sets(habit, mark=MARK_SKIP)
    outcome = await ann.does(habit, amount="2")
    assert (outcome.check_in.mark, outcome.check_in.amount) == (MARK_UNSPECIFIED, "2")
    assert outcome.current_streak.length_count == 1


async def test_done_stands_for_the_whole_amount(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="2"))
    outcome = await ann.sets(habit, mark=MARK_DONE)
    assert outcome.current_streak.length_count == 1


async def test_a_missed_day_breaks_the_streak_at_once(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(5)))
    await ann.does(habit, ago(1))
    outcome = await ann.sets(habit, mark=MARK_MISSED)
    assert outcome.current_streak.length_count == 0


async def test_a_cleared_day_stays_clear(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes()
    await ann.does(habit, note="yes")
    outcome = await ann.clears(habit)
    assert outcome.changed
    assert (outcome.check_in.mark, outcome.check_in.note) == (MARK_UNSPECIFIED, "")
    assert outcome.check_in.revision == 2
    again = await ann.clears(habit)
    assert not again.changed
    changed = await habits.events_of(ann, CheckInChanged)
    assert [it.check_in.revision for it in changed] == [1, 2]


async def test_clearing_a_day_that_cannot_be_is_clearing_nothing(ann: Person) -> None:
    habit = await ann.makes()
    for day in (ago(-1), ago(1)):
        assert not (await ann.clears(habit, day)).changed


async def test_a_note_alone_is_a_change_of_a_day_that_holds_something(ann: Person) -> None:
    habit = await ann.makes()
    await ann.does(habit)
    outcome = await ann.does(habit, note="at last")
    assert outcome.changed
    assert outcome.check_in.note == "at last"


async def test_reaching_the_goal_is_told_once(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes(title="Run", measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    for amount in ("3", "2", "1"):
        await ann.does(habit, amount=amount, source=SOURCE_TELEGRAM)
    [cheer] = await habits.events_of(ann, HabitCheckedIn)
    assert cheer.habit_id == habit.id
    assert cheer.title == "Run"
    assert cheer.check_in_date == str(TODAY)
    assert cheer.current_streak.length_count == 1
    assert cheer.source == SOURCE_TELEGRAM
    assert cheer.revision == 2  # of the day when it was reached


async def test_only_fresh_days_that_were_due_are_cheered(habits: HabitsServer, ann: Person) -> None:
    daily = await ann.makes(start_date=str(ago(9)))
    await ann.does(daily, ago(2))
    await ann.sets(daily, ago(1), mark=MARK_SKIP)
    assert await habits.events_of(ann, HabitCheckedIn) == []
    await ann.does(daily, ago(1))
    assert len(await habits.events_of(ann, HabitCheckedIn)) == 1
    mondays = Schedule(frequency=FREQUENCY_WEEKLY, weekdays=[WEEKDAY_MONDAY])
    await ann.does(await ann.makes(schedule=mondays))  # today is a Wednesday
    assert len(await habits.events_of(ann, HabitCheckedIn)) == 1


async def test_a_week_is_cheered_day_by_day_and_a_total_when_it_is_reached(
    habits: HabitsServer, ann: Person
) -> None:
    thrice = await ann.makes(schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=3))
    await ann.does(thrice)
    assert len(await habits.events_of(ann, HabitCheckedIn)) == 1
    total = await ann.makes(
        measure=MEASURE_QUANTITY,
        goal=Goal(amount="10"),
        schedule=Schedule(frequency=FREQUENCY_WEEKLY),
        start_date=str(ago(2)),
    )
    for amount in ("4", "3", "2"):
        await ann.does(total, amount=amount)
    assert len(await habits.events_of(ann, HabitCheckedIn)) == 1
    await ann.does(total, ago(1), amount="1")
    events = await habits.events_of(ann, HabitCheckedIn)
    assert [it.habit_id for it in events] == [thrice.id, total.id]


async def test_today_is_the_owners(habits: HabitsServer) -> None:
    """At noon in Greenwich it is tomorrow in Kiritimati; after midnight it is still yesterday."""
    far = habits.person(timezone="Pacific/Kiritimati")
    outcome = await far.does(await far.makes())
    assert outcome.check_in.check_in_date == str(ago(-1))
    owl = habits.person(timezone="Pacific/Apia", day_start=time(3))
    assert (await owl.does(await owl.makes())).check_in.check_in_date == str(ago(0))


async def test_an_unknown_source_is_the_api(ann: Person) -> None:
    assert (await ann.does(await ann.makes())).check_in.source == SOURCE_API


async def test_what_auth_has_told_comes_before_the_token(habits: HabitsServer, ann: Person) -> None:
    """The token still says Greenwich; the person is in Kiritimati, where it is tomorrow."""
    habit = await ann.makes()
    async with habits.database.connection() as connection:
        await connection.execute(
            """
            UPDATE habits.people SET timezone = 'Pacific/Kiritimati', revision = 2
            WHERE owner_id = $1""",
            ann.caller.id,
        )
    first = await ann.does(habit, note="here")
    assert first.check_in.check_in_date == str(ago(-1))
    again = await ann.does(habit)
    assert (again.changed, again.check_in) == (False, first.check_in)
    screen = await ann.progress.GetToday(GetTodayRequest())
    assert screen.today_date == str(ago(-1))
    assert screen.items[0].check_in.note == "here"


async def test_a_zone_we_do_not_know_yet_is_utc(habits: HabitsServer) -> None:
    far = habits.person(timezone="Mars/Olympus_Mons")
    assert (await far.does(await far.makes())).check_in.check_in_date == str(TODAY)
