"""Crashes: whatever process or server fails, acknowledged writes are stored exactly once."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from services.notifications.domain import replies
from tests.chassis.waiting import eventually
from tests.journeys.mesh import RESTART_SECONDS, Mesh
from tests.journeys.people import Clients, Person, a_zone_at_daytime, next_minute

pytestmark = pytest.mark.timeout(240)

KILLED = ("habits", "notifications", "edge", "worker", "analytics", "beat", "auth")
PEOPLE = ("Hal", "Ivy", "Jon")
PAGES_AT_ONCE = 10  # so that habits are done about as often as a chat may be written to
PAUSE_SECONDS = 0.1
SETTLED_SECONDS = 60
REMINDER_SECONDS = 75


@dataclass(slots=True)
class AcknowledgedWrites:
    """The writes that were acknowledged to one user."""

    person: Person
    pages_habit: str
    pages: int = 0
    done: list[str] = field(default_factory=list)

    async def write_until(self, stop: asyncio.Event) -> None:
        """Write check-ins and create habits until `stop` is set."""
        while not stop.is_set():
            for _ in range(PAGES_AT_ONCE):
                await self.person.post_until_acknowledged(
                    f"habits/{self.pages_habit}/check-ins", amount=1
                )
                self.pages += 1
                await asyncio.sleep(PAUSE_SECONDS)
            title = f"{self.person.name}'s habit {len(self.done) + 1}"
            habit = (await self.person.post_until_acknowledged("habits", title=title))["id"]
            await self.person.post_until_acknowledged(f"habits/{habit}/check-ins")
            self.done.append(title)


async def test_processes_are_killed_while_people_check_in(mesh: Mesh, clients: Clients) -> None:
    """Every process is killed with -9, one after the other; the supervisor starts it again.

    People's clients try again under the same Idempotency-Key until they are answered. In the end
    each page counts once, each habit is done once, and each cheer was written down once.
    """
    all_writes = [await _begin(clients, name) for name in PEOPLE]
    kim = await clients.register("Kim", timezone=a_zone_at_daytime())
    await kim.link_chat()
    soon = next_minute(kim, at_least=timedelta(seconds=10))
    await kim.new_habit("Breathe", reminders=[{"time": soon}])

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for writes in all_writes:
            group.create_task(writes.write_until(stop))
        for name in KILLED:
            await mesh.wait_for_restart(name, mesh.kill(name))
        stop.set()

    for writes in all_writes:
        assert writes.done
        await _expect_stored_once(writes)
        await _expect_one_cheer_each(writes)
    await kim.wait_for_message('"Breathe"', within=REMINDER_SECONDS)
    assert len(await kim.messages_with('"Breathe"')) == 1


async def test_a_conversation_goes_on_where_it_was(mesh: Mesh, clients: Clients) -> None:
    """The bot is killed with -9 in the middle of /new; a button pressed meanwhile still counts."""
    nia = await clients.register("Nia", timezone=a_zone_at_daytime())
    await nia.link_chat()
    await nia.say("/new")
    await nia.wait_for_message(replies.ASK_TITLE)
    await nia.say("Run")
    step = await nia.wait_for_message(replies.ASK_MEASURE)
    restarts = mesh.kill("notifications")
    await clients.telegram.press(nia.chat, step, "🔢 An amount", within=RESTART_SECONDS)
    await mesh.wait_for_restart("notifications", restarts)
    await nia.wait_for_message(replies.ASK_GOAL)
    await nia.say("5 km")
    step = await nia.wait_for_message(replies.ASK_SCHEDULE)
    await nia.press(step, "Every day")
    await nia.wait_for_message(replies.ASK_TIMES)
    await nia.say("21:00")
    await nia.press(await nia.wait_for_message("✨ Run"), "✅ Create")
    await nia.wait_for_message(replies.CREATED)
    [habit] = (await nia.get("habits"))["items"]
    assert (habit["title"], habit["goal"]["amount"], habit["unit"]) == ("Run", 5, "km")
    assert [it["time"] for it in habit["reminders"]] == ["21:00"]


async def test_check_ins_go_on_while_the_broker_is_silent(mesh: Mesh, clients: Clients) -> None:
    """A frozen RabbitMQ only delays messages; afterwards each is sent once."""
    writes = await _begin(clients, "Lou")
    with mesh.broker.frozen():
        await _write_for(writes, timedelta(seconds=4))
        assert await writes.person.messages_with("new streak") == []
    await mesh.wait_for_tick()  # reminders and reports go on too
    await _expect_stored_once(writes)
    await _expect_one_cheer_each(writes)


async def test_check_ins_go_on_while_redis_is_away(mesh: Mesh, clients: Clients) -> None:
    """Without Redis signing in gets 503; users who are signed in are not affected."""
    writes = await _begin(clients, "Mia")
    mia = writes.person
    with mesh.redis.frozen():
        credentials = {"email": mia.email, "password": "correct horse battery"}
        problem = await mia.refused("POST", "auth/login", **credentials)
        assert problem["status"] == 503
        await _write_for(writes, timedelta(seconds=1))
    await _expect_stored_once(writes)
    await _expect_one_cheer_each(writes)

    async def signs_in() -> bool:
        answer = await clients.rest.post("/v1/auth/login", json=credentials)
        return answer.status_code == 200

    await eventually(signs_in)


async def _begin(clients: Clients, name: str) -> AcknowledgedWrites:
    person = await clients.register(name, timezone=a_zone_at_daytime())
    await person.link_chat()
    pages = await person.new_habit(
        "Pages", measure="quantity", unit="pages", goal={"direction": "at_least", "amount": 9999}
    )
    return AcknowledgedWrites(person, pages)


async def _write_for(writes: AcknowledgedWrites, span: timedelta) -> None:
    stop = asyncio.Event()
    keeping = asyncio.create_task(writes.write_until(stop))
    await asyncio.sleep(span.total_seconds())
    stop.set()
    await keeping


async def _expect_stored_once(writes: AcknowledgedWrites) -> None:
    """Expect every acknowledged write to be stored, in habits and in analytics."""
    person = writes.person
    [day] = (await person.get(f"habits/{writes.pages_habit}/check-ins"))["items"]
    assert day["amount"] == writes.pages
    assert len(await person.get_all(f"habits/{writes.pages_habit}/changes")) == writes.pages
    titles = [habit["title"] for habit in await person.get_all("habits")]
    assert sorted(titles) == sorted(["Pages", *writes.done])
    screen = await person.get("today")
    assert (screen["due"], screen["met"]) == (len(writes.done) + 1, len(writes.done))

    async def analytics_is_up_to_date() -> bool:
        summary = await person.get("analytics/summary")
        return (summary["check_ins"], summary["met"]) == (len(writes.done) + 1, len(writes.done))

    await eventually(analytics_is_up_to_date, within=SETTLED_SECONDS)


async def _expect_one_cheer_each(writes: AcknowledgedWrites) -> None:
    """Expect one cheer for each habit that was done.

    One that was on its way to Telegram when its sender was killed may have arrived: it is sent a
    second time rather than lost, and its delivery says so.
    """
    person = writes.person
    wanted = Counter(f'🎉 "{title}": done. A new streak begins!' for title in writes.done)

    async def all_are_sent() -> bool:
        deliveries = await person.get_all("notifications/deliveries")
        sent = Counter(it["text"] for it in deliveries if it["state"] == "sent")
        assert sent <= wanted, f"sent twice, or without reason: {sent - wanted}"
        return sent == wanted

    await eventually(all_are_sent, within=SETTLED_SECONDS)
    arrived = Counter(await person.messages_with("new streak"))
    for delivery in await person.get_all("notifications/deliveries"):
        assert 1 <= arrived.pop(delivery["text"]) <= delivery["attempts"]
    assert not arrived
