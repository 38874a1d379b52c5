"""What a deleted account leaves, in every service."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from local.folders import create_folders
from tests.chassis.waiting import eventually
from tests.journeys.mesh import Mesh
from tests.journeys.people import PASSWORD, Clients, Person
from tests.journeys.test_security import delete_account
from tests.push_service import Browser

pytestmark = pytest.mark.timeout(240)

CANARY = "Kanarienvogel-4711"
OWN_TABLES = {
    "auth.accounts",
    "habits.habits",
    "habits.days",
    "habits.calendars",
    "habits.quick_links",
    "notifications.push_subscriptions",
    "notifications.webhooks",
}
"""Tables that must hold something of hers before; else nothing is shown by their being empty."""


async def rows_with(connection: Any, *texts: str) -> dict[str, list[str]]:
    """Return the tables of all our schemas in which a row holds one of the texts, and the rows."""
    tables = await connection.fetch(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
        " WHERE schemaname IN ('auth', 'habits', 'analytics', 'notifications')"
    )
    found: dict[str, list[str]] = {}
    for table in tables:
        rows = await connection.fetch(
            f"SELECT t::text AS row FROM {table['name']} t"
            " WHERE EXISTS (SELECT FROM unnest($1::text[]) x WHERE"
            " position(x IN t::text) > 0 OR position(encode(x::bytea, 'hex') IN t::text) > 0)",
            list(texts),
        )
        if rows:
            found[table["name"]] = [row["row"] for row in rows]
    return found


async def give_addresses(eve: Person, habit: str) -> None:
    """Have addresses that others know: of a browser, a quick link, a calendar, a webhook."""
    browser = Browser()
    keys = {"p256dh": browser.p256dh_key, "auth": browser.auth_secret}
    await eve.put("me/push/subscriptions", endpoint=f"https://push.example/{CANARY}", keys=keys)
    await eve.post("quick-links", status=201, habit_id=habit, title=CANARY)
    await eve.post("calendar", status=201)
    await eve.post("webhooks", url=f"https://hooks.example/{CANARY}")  # is sent what follows


async def leave_more_traces(eve: Person, habit: str, today: str) -> None:
    """Use what keeps something of its own: batches, cheers, reminders, pictures, imports."""
    other = await eve.new_habit(f"Run {CANARY}", reminders=[{"time": "07:00", "text": CANARY}])
    items = [{"habit_id": one, "date": today, "mark": "done"} for one in (habit, other)]
    await eve.post("check-ins:batch", items=items)
    await eve.post(f"habits/{other}/archive")
    headers = {"Authorization": f"Bearer {eve.access_token}"}
    rest = eve.clients.rest
    for path in ("analytics/stats.png", "analytics/recommendations", "analytics/summary"):
        answer = await rest.get(f"/v1/{path}", headers=headers)
        assert answer.status_code == 200, answer.text
    document = (await rest.get("/v1/export", headers=headers)).raise_for_status().content
    file = {"file": ("habits.json", document, "application/json")}
    answer = await rest.post("/v1/import", files=file, headers=headers, timeout=60)
    assert answer.is_success, answer.text


def require_no_trace_in_files(mesh: Mesh, eve: Person) -> None:
    """Look into every file of the mesh, logs among them, but not into those of the stores."""
    folders = create_folders(mesh.data)
    # Deleted rows stay in the files of the stores until these are cleaned; the chat is at Telegram.
    elsewhere = {"postgres", "rabbitmq", "valkey", "telegram.json"}
    for path in folders.data.rglob("*"):
        inside = path.relative_to(folders.data).parts[0]
        if path.is_file() and inside not in elsewhere:
            assert CANARY.encode() not in path.read_bytes(), path
    logs = folders.data / "logs"
    for log in logs.glob("*.log"):
        for secret in (eve.email, PASSWORD, eve.refresh_token, eve.access_token):
            assert secret not in log.read_text(), log.name


async def test_a_deleted_account_leaves_nothing_but_tombstones(
    mesh: Mesh, clients: Clients
) -> None:
    """Rows in all schemas, keys in Redis, files: what is left is the id, to ignore late events.

    Published events stay a day in the outbox, to be looked at; they hold no address or password.
    """
    eve = await clients.register("Eve", timezone="Antarctica/Troll")
    await eve.patch("me", display_name=CANARY)
    account_id = (await eve.get("me"))["id"]
    await eve.link_chat()
    habit = await eve.new_habit(f"Read {CANARY}", description=CANARY, tags=["birds"])
    await eve.post_until_acknowledged(f"habits/{habit}/check-ins", note=CANARY)
    await eve.post("pauses", from_date="2030-01-01", to_date="2030-01-02", reason=CANARY)
    await give_addresses(eve, habit)
    await eve.post("me/tokens", name=CANARY, scopes=["habits:read"])
    today = eve.today().isoformat()
    await eve.post("analytics/reports", kind="daily", date=today)
    await eve.wait_for_message("Daily Report")
    await leave_more_traces(eve, habit, today)
    connection = await asyncpg.connect(mesh.database_url)
    try:
        assert (await rows_with(connection, account_id, habit)).keys() >= OWN_TABLES
        await delete_account(eve)

        async def only_tombstones_are_left() -> bool:
            left = await rows_with(connection, account_id, habit, CANARY, eve.email, "/Troll")
            return {name for name in left if not name.endswith("outbox")} <= {
                "habits.people",
                "analytics.people",
                "notifications.people",
            }

        await eventually(only_tombstones_are_left, within=60)
        left = await rows_with(connection, account_id, habit, CANARY, eve.email, "/Troll")
        tombstones = {name: rows for name, rows in left.items() if not name.endswith("outbox")}
        assert [len(rows) for rows in tombstones.values()] == [1, 1, 1]
        for secret in (CANARY, eve.email, "Troll", habit):
            assert secret not in str(tombstones)
        for secret in (eve.email, PASSWORD, "$2b$"):
            assert secret not in str(left)
    finally:
        await connection.close()
    async with Redis.from_url(mesh.redis_url) as redis:
        keys = [key async for key in redis.scan_iter("*")]
        values = [await redis.dump(key) or b"" for key in keys if key != b"auth:revoked"]
        for text in (account_id, CANARY, eve.email):
            named = [key for key in keys if text.encode() in key]
            # Limits on asking for links are forgotten by themselves, within the hour.
            assert all(key.startswith(b"notifications:link") for key in named), named
            assert all([0 < await redis.ttl(key) <= 3600 for key in named])
            assert not any(text.encode() in value for value in values)
    require_no_trace_in_files(mesh, eve)
