"""What a deleted account leaves, in every service."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from local.folders import create_folders
from tests.chassis.waiting import eventually
from tests.journeys.mesh import Mesh
from tests.journeys.people import PASSWORD, Clients
from tests.journeys.test_security import delete_account

pytestmark = pytest.mark.timeout(240)

CANARY = "Kanarienvogel-4711"


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
    await eve.post("me/tokens", name=CANARY, scopes=["habits:read"])
    today = eve.today().isoformat()
    await eve.post("analytics/reports", kind="daily", date=today)
    await eve.wait_for_message("Daily Report")
    await delete_account(eve)
    connection = await asyncpg.connect(mesh.database_url)
    try:

        async def only_tombstones_are_left() -> bool:
            left = await rows_with(connection, account_id, habit, CANARY, eve.email, "/Troll")
            return {name for name in left if not name.endswith("outbox")} <= {
                "habits.people",
                "analytics.people",
                "notifications.people",
            }

        await eventually(only_tombstones_are_left, within=20)
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
    logs = create_folders(mesh.data).data / "logs"
    for log in logs.glob("*.log"):
        for secret in (eve.email, PASSWORD, eve.refresh_token, eve.access_token):
            assert secret not in log.read_text(), log.name
