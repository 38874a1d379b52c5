"""Crashes: whatever dies or falls silent, what was acknowledged is there, and is there once."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.chassis.waiting import eventually
from tests.journeys.mesh import Mesh
from tests.journeys.people import Person, World, a_zone_at_daytime, next_minute

pytestmark = pytest.mark.timeout(240)

VICTIMS = ("habits", "notifications", "edge", "worker", "analytics", "beat", "auth")
PEOPLE = ("Hal", "Ivy", "Jon")
PAGES_AT_ONCE = 10  # so that habits are done about as often as a chat may be written to
PAUSE_SECONDS = 0.1
SETTLED_SECONDS = 60
REMINDER_SECONDS = 75


@dataclass(slots=True)
class Diary:
    """What the mesh has acknowledged to one person."""

    person: Person
    pages_habit: str
    pages: int = 0
    done: list[str] = field(default_factory=list)

    async def keep(self, stop: asyncio.Event) -> None:
        """Read some pages, begin and do a habit, again and again until told to stop."""
        while not stop.is_set():
            for _ in range(PAGES_AT_ONCE):
                await self.person.persist(f"habits/{self.pages_habit}/check-ins", amount=1)
                self.pages += 1
                await asyncio.sleep(PAUSE_SECONDS)
            title = f"{self.person.name}'s habit {len(self.done) + 1}"
            habit = (await self.person.persist("habits", title=title))["id"]
            await self.person.persist(f"habits/{habit}/check-ins")
            self.done.append(title)


async def test_processes_are_killed_while_people_check_in(mesh: Mesh, world: World) -> None:
    """Every process is killed with -9, one after the other; the supervisor starts it again.

    People's clients try again under the same Idempotency-Key until they are answered. In the end
    each page counts once, each habit is done once, and each cheer was written down once.
    """
    diaries = [await _begin(world, name) for name in PEOPLE]
    kim = await world.register("Kim", timezone=a_zone_at_daytime())
    await kim.link_chat()
    soon = next_minute(kim, at_least=timedelta(seconds=10))
    await kim.new_habit("Breathe", reminders=[{"time": soon}])

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for diary in diaries:
            group.create_task(diary.keep(stop))
        for name in VICTIMS:
            await mesh.back(name, mesh.kill(name))
        stop.set()

    for diary in diaries:
        assert diary.done
        await _is_kept_once(diary)
        await _is_cheered_once(diary)
    await kim.hear('"Breathe"', within=REMINDER_SECONDS)
    assert len(await kim.heard('"Breathe"')) == 1


async def test_check_ins_go_on_while_the_broker_is_silent(mesh: Mesh, world: World) -> None:
    """A frozen RabbitMQ delays what is told, and nothing else; then everything is told once."""
    diary = await _begin(world, "Lou")
    with mesh.broker.frozen():
        await _keep_for(diary, timedelta(seconds=4))
        assert await diary.person.heard("new streak") == []
    await mesh.ticks()  # reminders and reports go on too
    await _is_kept_once(diary)
    await _is_cheered_once(diary)


async def test_check_ins_go_on_while_redis_is_away(mesh: Mesh, world: World) -> None:
    """Signing in stands on Redis and says so; who is signed in notices nothing."""
    diary = await _begin(world, "Mia")
    mia = diary.person
    with mesh.redis.frozen():
        credentials = {"email": mia.email, "password": "correct horse battery"}
        problem = await mia.refused("POST", "auth/login", **credentials)
        assert problem["status"] == 503
        await _keep_for(diary, timedelta(seconds=1))
    await _is_kept_once(diary)
    await _is_cheered_once(diary)

    async def signs_in() -> bool:
        answer = await world.rest.post("/v1/auth/login", json=credentials)
        return answer.status_code == 200

    await eventually(signs_in)


async def _begin(world: World, name: str) -> Diary:
    person = await world.register(name, timezone=a_zone_at_daytime())
    await person.link_chat()
    pages = await person.new_habit(
        "Pages", measure="quantity", unit="pages", goal={"direction": "at_least", "amount": 9999}
    )
    return Diary(person, pages)


async def _keep_for(diary: Diary, span: timedelta) -> None:
    stop = asyncio.Event()
    keeping = asyncio.create_task(diary.keep(stop))
    await asyncio.sleep(span.total_seconds())
    stop.set()
    await keeping


async def _is_kept_once(diary: Diary) -> None:
    """What was acknowledged is kept, in habits and in what analytics has heard."""
    person = diary.person
    [day] = (await person.get(f"habits/{diary.pages_habit}/check-ins"))["items"]
    assert day["amount"] == diary.pages
    assert len(await person.get_all(f"habits/{diary.pages_habit}/changes")) == diary.pages
    titles = [habit["title"] for habit in await person.get_all("habits")]
    assert sorted(titles) == sorted(["Pages", *diary.done])
    screen = await person.get("today")
    assert (screen["due"], screen["met"]) == (len(diary.done) + 1, len(diary.done))

    async def analytics_has_heard() -> bool:
        summary = await person.get("analytics/summary")
        return (summary["check_ins"], summary["met"]) == (len(diary.done) + 1, len(diary.done))

    await eventually(analytics_has_heard, within=SETTLED_SECONDS)


async def _is_cheered_once(diary: Diary) -> None:
    """Each habit done has one cheer, written down once.

    One that was on its way to Telegram when its sender was killed may have arrived: it is sent a
    second time rather than lost, and its delivery says so.
    """
    person = diary.person
    wanted = Counter(f'🎉 "{title}": done. A new streak begins!' for title in diary.done)

    async def all_are_sent() -> bool:
        deliveries = await person.get_all("notifications/deliveries")
        sent = Counter(it["text"] for it in deliveries if it["state"] == "sent")
        assert sent <= wanted, f"told twice, or of nothing: {sent - wanted}"
        return sent == wanted

    await eventually(all_are_sent, within=SETTLED_SECONDS)
    arrived = Counter(await person.heard("new streak"))
    for delivery in await person.get_all("notifications/deliveries"):
        assert 1 <= arrived.pop(delivery["text"]) <= delivery["attempts"]
    assert not arrived
