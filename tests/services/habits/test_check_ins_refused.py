"""Days that cannot be changed as asked: every refusal by its name."""

from contracts.habits.v1.check_in_pb2 import (
    MARK_DONE,
)
from contracts.habits.v1.habit_pb2 import (
    MEASURE_QUANTITY,
    Goal,
    Habit,
)
from tests.services.habits.habits_server import HabitsServer, Person, ago, refused


async def test_days_that_cannot_be_are_refused(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(3)))
    with refused("CHECK_IN_IN_FUTURE"):
        await ann.does(habit, ago(-1))
    with refused("CHECK_IN_BEFORE_START"):
        await ann.does(habit, ago(4))
    for text in ("2026-02-30", "yesterday", "2026-1-1", "1066-10-14", "20260114"):
        with refused("DATE_MALFORMED"):
            await ann.does(habit, text)


async def test_amounts_that_cannot_be_are_refused(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    for amount in (
        "-0.001",
        "-1",
        "1000000000.001",
        "0.0001",
        "NaN",
        "Infinity",
        "1e999999999",
        "x",
        "0" * 41,
    ):
        with refused("AMOUNT_OUT_OF_RANGE"):
            await ann.does(habit, amount=amount)
        with refused("AMOUNT_OUT_OF_RANGE"):
            await ann.sets(habit, amount=amount)
    with refused("AMOUNT_MISSING"):
        await ann.does(habit)
    await ann.does(habit, amount="1000000000")
    with refused("AMOUNT_OUT_OF_RANGE"):
        await ann.does(habit, amount="0.001")


async def test_a_yes_no_habit_takes_no_amount(ann: Person) -> None:
    habit = await ann.makes()
    with refused("AMOUNT_ON_YES_NO"):
        await ann.does(habit, amount="1")
    with refused("AMOUNT_ON_YES_NO"):
        await ann.sets(habit, amount="1")


async def test_a_day_is_set_to_one_thing(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    with refused("MARK_OR_AMOUNT"):
        await ann.sets(habit)
    with refused("MARK_OR_AMOUNT"):
        await ann.sets(habit, mark=MARK_DONE, amount="5")


async def test_a_long_note_is_refused(ann: Person) -> None:
    with refused("NOTE_TOO_LONG"):
        await ann.does(await ann.makes(), note="x" * 2001)


async def test_other_peoples_habits_are_not_there(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes()
    bob = habits.person()
    for unknown in (habit, Habit(id="nonsense"), Habit(id=str(ann.caller.id))):
        with refused("HABIT_NOT_FOUND"):
            await bob.does(unknown)


async def test_words_that_cannot_be_kept_are_refused(ann: Person) -> None:
    """PostgreSQL keeps no U+0000: that is the caller's mistake and not ours."""
    habit = await ann.makes()
    with refused("TEXT_UNREADABLE"):
        await ann.does(habit, note="a\0b")
    for field in ("title", "description", "icon", "unit"):
        with refused("TEXT_UNREADABLE"):
            await ann.makes(**{"title": "x", field: "\0"})
    with refused("TEXT_UNREADABLE"):
        await ann.makes(tags=["\0"])
