"""The same request gets the same answer, and has one effect."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from contracts.habits.v1.habit_events_pb2 import CheckInChanged
from contracts.habits.v1.habit_pb2 import MEASURE_QUANTITY, Goal
from tests.services.habits.api_calls import adding, write
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused


async def test_the_same_request_gets_the_same_answer_and_one_effect(
    habits: HabitsServer, ann: Person
) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    request_id = str(uuid4())
    first = await ann.does(habit, amount="2", request_id=request_id)
    await ann.does(habit, amount="1")
    again = await ann.does(habit, amount="2", request_id=request_id)
    assert again == first
    assert (await ann.does(habit, amount="1")).check_in.amount == "4"
    assert len(await habits.events_of(ann, CheckInChanged)) == 3


async def test_the_same_request_at_once_has_one_effect(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    request_id = str(uuid4())
    outcomes = await asyncio.gather(
        *(ann.does(habit, amount="2", request_id=request_id) for _ in range(8))
    )
    assert all(it == outcomes[0] for it in outcomes)
    assert (await ann.does(habit, amount="1")).check_in.amount == "3"


async def test_the_same_request_twice_in_a_batch_has_one_effect(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    change = adding(habit, amount="2", request_id=str(uuid4()))
    first, again = await write(ann, change, change)
    assert first == again
    assert first.outcome.check_in.amount == "2"
    [later] = await write(ann, change)
    assert later == first


async def test_a_request_id_is_for_one_request(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    request_id = str(uuid4())
    await ann.does(habit, amount="2", request_id=request_id)
    with refused("REQUEST_ID_REUSED"):
        await ann.does(habit, amount="3", request_id=request_id)
    with refused("REQUEST_ID_REUSED"):
        await ann.undoes(habit, request_id=request_id)
    with refused("REQUEST_ID_INVALID"):
        await ann.does(habit, amount="3", request_id="again")
    [one, two] = await write(
        ann,
        adding(habit, amount="1", request_id="8a1e8d3c-0000-7000-8000-000000000001"),
        adding(habit, amount="2", request_id="8a1e8d3c-0000-7000-8000-000000000001"),
    )
    assert one.outcome.changed
    assert two.refusal.reason == "REQUEST_ID_REUSED"


async def test_request_ids_of_two_people_never_meet(habits: HabitsServer, ann: Person) -> None:
    bob, request_id = habits.person(), str(uuid4())
    assert (await ann.does(await ann.makes(), request_id=request_id)).changed
    assert (await bob.does(await bob.makes(), request_id=request_id)).changed


async def test_a_refused_request_may_be_asked_again(ann: Person) -> None:
    habit = await ann.makes()
    request_id = str(uuid4())
    with refused("CHECK_IN_IN_FUTURE"):
        await ann.does(habit, ago(-1), request_id=request_id)
    assert (await ann.does(habit, request_id=request_id)).changed


async def test_an_answer_is_kept_for_a_day(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    request_id = str(uuid4())
    await ann.does(habit, TODAY, amount="2", request_id=request_id)
    habits.clock.advance(timedelta(days=1))
    outcome = await ann.does(habit, TODAY, amount="2", request_id=request_id)
    assert outcome.check_in.amount == "4"


async def test_asking_again_after_midnight_is_about_the_same_day(
    habits: HabitsServer, ann: Person
) -> None:
    """The request named no day; its answer names the one it was booked on."""
    habit = await ann.makes()
    request_id = str(uuid4())
    first = await ann.does(habit, request_id=request_id)
    habits.clock.advance(timedelta(hours=12))
    again = await ann.does(habit, request_id=request_id)
    assert again == first
    assert again.check_in.check_in_date == str(TODAY)
