"""Travel: days are a person's own, wherever they go."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.chassis.waiting import eventually
from tests.journeys.people import Clients, Person

pytestmark = pytest.mark.timeout(240)

KIRITIMATI = "Pacific/Kiritimati"  # where a day comes first, 25 hours before
PAGO_PAGO = "Pacific/Pago_Pago"
TOO_NEAR = timedelta(seconds=30)


async def test_flying_west_over_the_date_line(clients: Clients) -> None:
    """On Pago Pago's calendar it is yesterday, but Finn has lived that day: his today stays."""
    await _no_midnight_is_near()
    finn = await clients.register("Finn", timezone=KIRITIMATI)
    today = finn.today()
    read = await finn.new_habit("Read", start_date=str(today - timedelta(days=1)))
    await finn.put(f"habits/{read}/check-ins/{today - timedelta(days=1)}", mark="done")
    await finn.post(f"habits/{read}/check-ins", status=201)

    await _fly(finn, PAGO_PAGO)
    assert _wall_date(PAGO_PAGO) < today
    await finn.refresh()  # the services may know by the token, before the news is there
    assert await _screen_date(finn) == today
    again = await finn.post(f"habits/{read}/check-ins", status=200)
    assert (again["date"], again["changed"]) == (str(today), False)
    assert again["current_streak"]["length"] == 2, "nothing done was lost, and nothing doubled"

    await _fly(finn, KIRITIMATI)
    assert await _screen_date(finn) == today
    kept = (await finn.get(f"habits/{read}/check-ins"))["items"]
    assert [day["date"] for day in kept] == [str(today), str(today - timedelta(days=1))]


async def test_flying_east_over_the_date_line(clients: Clients) -> None:
    """In Kiritimati it is tomorrow at once. Gil fills in the date he flew over, and flies home."""
    await _no_midnight_is_near()
    gil = await clients.register("Gil", timezone=PAGO_PAGO)
    left = gil.today()
    read = await gil.new_habit("Read")
    await gil.post(f"habits/{read}/check-ins", status=201)

    await _fly(gil, KIRITIMATI)
    there = _wall_date(KIRITIMATI)
    assert there > left

    async def has_arrived() -> bool:
        return await _screen_date(gil) == there

    await eventually(has_arrived)
    for days in range(1, (there - left).days):
        await gil.put(f"habits/{read}/check-ins/{left + timedelta(days=days)}", mark="done")
    checked_in = await gil.post(f"habits/{read}/check-ins", status=201)
    assert checked_in["date"] == str(there)
    assert checked_in["current_streak"]["length"] == (there - left).days + 1

    await _fly(gil, PAGO_PAGO)
    for _ in range(10):  # today goes back neither now nor when the news has spread
        assert await _screen_date(gil) == there
        await asyncio.sleep(0.1)
    progress = await gil.get(f"habits/{read}/progress")
    assert progress["current_streak"]["length"] == (there - left).days + 1


async def _fly(person: Person, timezone: str) -> None:
    person.timezone = (await person.patch("me", timezone=timezone))["timezone"]
    assert person.timezone == timezone


async def _screen_date(person: Person) -> date:
    return date.fromisoformat((await person.get("today"))["date"])


def _wall_date(timezone: str) -> date:
    return datetime.now(ZoneInfo(timezone)).date()


async def _no_midnight_is_near() -> None:
    """Let a midnight pass that is near in either place, so that a story keeps its dates."""
    now = datetime.now(UTC)
    # Both places are whole hours away from UTC, so their midnights are at full hours.
    left = timedelta(hours=1) - timedelta(minutes=now.minute, seconds=now.second)
    if left < TOO_NEAR and now.hour in (9, 10):
        await asyncio.sleep(left.total_seconds() + 1)
