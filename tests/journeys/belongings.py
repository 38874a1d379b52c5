"""Things of every kind that somebody has, with their ids, for sweeps that ask as somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.chassis.waiting import eventually
from tests.journeys.people import PASSWORD, Clients, Person
from tests.push_service import Browser

CANARY = "Nachtigall-0815"
"""In every text of hers, so that a leak of any of them is seen."""


@dataclass(frozen=True)
class Belongings:
    """A person, and the id of one of their things under each name that a request has for it."""

    person: Person
    ids: dict[str, str]


async def create_belongings(clients: Clients, name: str) -> Belongings:
    """Register somebody and make a thing of each kind that has an id."""
    person = await clients.register(name, timezone="UTC")
    await person.patch("me", display_name=CANARY)
    today = person.today()
    habit = await person.post(
        "habits",
        status=201,
        title=f"Sing {CANARY}",
        description=CANARY,
        start_date=str(today - timedelta(days=100)),
        reminders=[{"time": "08:30"}],
    )
    for days in range(50, 70):  # then silence: that makes a recommendation
        day = today - timedelta(days=days)
        await person.put(f"habits/{habit['id']}/check-ins/{day}", mark="done", note=CANARY)
    pause = await person.post(
        f"habits/{habit['id']}/pauses",
        from_date=str(today + timedelta(days=90)),
        to_date=str(today + timedelta(days=91)),
        reason=CANARY,
    )
    token = await person.post("me/tokens", name=CANARY, scopes=["habits:read"])
    await clients.rest.post("/v1/auth/login", json={"email": person.email, "password": PASSWORD})
    sessions = (await person.get("me/sessions"))["items"]
    report = await person.post("analytics/reports", status=201, kind="daily")
    browser = Browser()
    keys = {"p256dh": browser.p256dh_key, "auth": browser.auth_secret}
    subscription = await person.put(
        "me/push/subscriptions", endpoint=f"https://push.example.com/{CANARY}", keys=keys
    )
    link = await person.post("quick-links", status=201, habit_id=habit["id"])
    webhook = await person.post("webhooks", status=201, url=f"https://hooks.example/{CANARY}")
    tested = await person.post(f"webhooks/{webhook['id']}/test", status=202)
    return Belongings(
        person,
        {
            "webhook_id": webhook["id"],
            "webhook_delivery_id": tested["id"],
            "habit_id": habit["id"],
            "habit_ids": habit["id"],
            "reminder_id": habit["reminders"][0]["id"],
            "pause_id": pause["id"],
            "token_id": token["id"],
            "session_id": next(it["id"] for it in sessions if not it["current"]),
            "report_id": report["id"],
            "subscription_id": subscription["id"],
            "push_subscription_id": subscription["id"],
            "quick_link_id": link["id"],
            "recommendation_id": await recommendation_of(person),
            "import_id": await import_of(clients, person),
            "account_id": (await person.get("me"))["id"],
        },
    )


async def recommendation_of(person: Person) -> str:
    items: list[dict[str, Any]] = []

    async def is_given() -> bool:
        items[:] = (await person.get("analytics/recommendations"))["items"]
        return bool(items)

    await eventually(is_given, within=60)
    return str(items[0]["id"])


async def import_of(clients: Clients, person: Person) -> str:
    bearer = {"Authorization": f"Bearer {person.access_token}"}
    exported = await clients.rest.get("/v1/export", headers=bearer)
    assert exported.status_code == 200, exported.text
    answer = await clients.rest.post(
        "/v1/import",
        files={"file": ("mine.json", exported.content)},
        headers=bearer | {"Prefer": "respond-async"},
    )
    assert answer.status_code == 202, answer.text
    return answer.headers["location"].rpartition("/")[2]
