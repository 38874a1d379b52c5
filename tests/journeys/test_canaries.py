"""Secrets are nowhere: a story with one canary for each kind, and then a look into everything.

Logs, PostgreSQL, Redis and the broker are read as whoever had stolen them would read them.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import uuid4

import aio_pika
import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

from local.folders import create_folders
from tests.chassis.waiting import eventually
from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients, Person
from tests.journeys.test_deletion import rows_with
from tests.push_service import Browser

pytestmark = pytest.mark.timeout(240)

type Secrets = Mapping[str, str]

NOTE = "note-canary-Zaunkönig-7731"
MAY_HOLD_NOTES = ("habits.", "analytics.")
STORED = {
    "browser's key": "notifications.push_subscriptions",
    "browser's secret": "notifications.push_subscriptions",
}
"""Secrets of browsers are needed in clear, to encrypt for them, and are in one table only."""


@asynccontextmanager
async def every_message(mesh: Mesh) -> AsyncIterator[list[str]]:
    """Collect what goes through the exchange of events inside the block: headers and bodies."""
    seen: list[str] = []
    async with await aio_pika.connect(mesh.amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind("events", "#")

        async def keep(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            seen.append(f"{message.info()} {message.body.decode('utf-8', 'replace')}")

        await queue.consume(keep, no_ack=True)
        yield seen


async def everything_in(redis: Redis) -> str:
    """Return every key and its whole value, as text."""
    parts = []
    async for key in redis.scan_iter("*"):
        kind = await redis.type(key)
        match kind if isinstance(kind, bytes) else kind.encode():
            case b"string":
                value: object = await redis.get(key)
            case b"hash":
                value = await redis.hgetall(key)
            case b"zset":
                value = await redis.zrange(key, 0, -1, withscores=True)
            case b"set":
                value = await redis.smembers(key)
            case b"list":
                value = await redis.lrange(key, 0, -1)
            case b"stream":
                value = await redis.xrange(key)
            case other:
                raise AssertionError(f"{key!r} is a {other!r}, which this test cannot read")
        parts.append(f"{key!r} {value!r}")
    return "\n".join(parts)


async def live_with_secrets(clients: Clients, eva: Person, passwords: list[str]) -> Secrets:
    """Do everything that has a secret in it, rightly and wrongly; return the secrets."""
    first, second, wrong = passwords
    early = {"access token": eva.access_token, "refresh token": eva.refresh_token}
    login = {"email": eva.email, "password": wrong}
    assert (await clients.rest.post("/v1/auth/login", json=login)).status_code == 401
    login["password"] = first
    signed_in = (await clients.rest.post("/v1/auth/login", json=login)).json()
    await eva.refresh()
    created = await eva.post("me/tokens", name="script", scopes=["habits:read", "check_ins:write"])
    personal = {"Authorization": f"Bearer {created['secret']}"}
    assert (await clients.rest.get("/v1/habits", headers=personal)).status_code == 200
    assert (await clients.rest.get("/v1/me/tokens", headers=personal)).status_code == 403
    habit = await eva.new_habit("Listen")
    await eva.post_until_acknowledged(f"habits/{habit}/check-ins", note=NOTE)
    await eva.refused("POST", f"habits/{habit}/check-ins", note=NOTE, amount="many")
    await eva.refused("PUT", f"habits/{habit}/check-ins/2026-99-99", note=NOTE)
    link = await eva.post("telegram/link")
    addresses = await addresses_of(clients, eva, habit)
    await eva.link_chat()
    await eva.say("/code")
    code = (await eva.wait_for_message("Sign in with it"))["text"].split()[1]
    await eva.post("me/password", current_password=first, new_password=second)
    garbage = {"Authorization": f"Bearer {eva.access_token}x"}
    assert (await clients.rest.get("/v1/me", headers=garbage)).status_code == 401
    return (
        early
        | addresses
        | {
            "first password": first,
            "second password": second,
            "wrong password": wrong,
            "second access token": signed_in["access_token"],
            "second refresh token": signed_in["refresh_token"],
            "new access token": eva.access_token,
            "new refresh token": eva.refresh_token,
            "personal token": created["secret"],
            "code of the link": link["url"].partition("start=")[2],
            "sign-in code": code,
            "Telegram token": clients.telegram.token,
        }
    )


async def addresses_of(clients: Clients, eva: Person, habit: str) -> dict[str, str]:
    """Make and use what has a secret in its address, or is sent to one; return the secrets."""
    browser = Browser()
    keys = {"p256dh": browser.p256dh_key, "auth": browser.auth_secret}
    await eva.put("me/push/subscriptions", endpoint="https://push.example/eva", keys=keys)
    wrong = {"endpoint": "nowhere", "keys": keys}
    await eva.refused("PUT", "me/push/subscriptions", **wrong)
    quick = (await eva.post("quick-links", status=201, habit_id=habit))["url"]
    calendar = (await eva.post("calendar", status=201))["url"]
    for method, url in (("GET", quick), ("POST", quick), ("GET", calendar)):
        answer = await clients.rest.request(method, httpx.URL(url).path)
        assert answer.status_code == 200, answer.text
    for path in ("/v1/quick", "/v1/calendar"):  # a wrong address that is nearly right
        answer = await clients.rest.get(f"{path}/{secret_of(quick)}x")
        assert answer.status_code == 404, answer.text
    webhook = await eva.post("webhooks", status=201, url="https://hooks.example/eva")
    await eva.post(f"webhooks/{webhook['id']}/test", status=202)
    return {
        "browser's key": browser.p256dh_key,
        "browser's secret": browser.auth_secret,
        "quick link": secret_of(quick),
        "calendar": secret_of(calendar),
        "webhook's secret": webhook["secret"],
    }


def secret_of(url: str) -> str:
    return httpx.URL(url).path.rpartition("/")[2].removesuffix(".ics")


def forms_of(secret: str) -> set[str]:
    """Return how a secret may be written: as it is, and encoded."""
    data = secret.encode()
    return {secret, data.hex(), base64.b64encode(data).decode().rstrip("=")}


def found_in(text: str, secrets: Secrets) -> list[str]:
    return [name for name, secret in secrets.items() if any(it in text for it in forms_of(secret))]


async def test_no_secret_is_in_logs_database_redis_or_broker(mesh: Mesh, clients: Clients) -> None:
    passwords = [f"canary {kind} {uuid4().hex}" for kind in ("first", "second", "wrong")]
    eva = await clients.register("Eva", timezone="UTC", password=passwords[0])
    async with every_message(mesh) as messages:
        secrets = await live_with_secrets(clients, eva, passwords)
        assert all(len(secret) > 12 for secret in secrets.values())
        keys = create_folders(mesh.data).data / "keys"
        inside = {"delegation secret": (keys / "delegation-secret").read_text()}
        inside["web push key"] = (keys / "web-push-key").read_text()
        inside["signing key"] = "".join((keys / "signing.pem").read_text().splitlines()[1:-1])
        everything = dict(secrets) | inside

        async def was_published() -> bool:
            return any(eva.email not in it and "habits" in it for it in messages)

        await eventually(was_published, within=60)
        await asyncio.sleep(1)  # whatever else is on its way
    assert found_in("\n".join(messages), everything) == []
    connection = await asyncpg.connect(mesh.database_url)
    try:
        for name, secret in everything.items():
            if name != "code of the link":
                found = await rows_with(connection, secret)
                assert found.keys() == ({STORED[name]} if name in STORED else set()), name
        notes = await rows_with(connection, NOTE)
        assert notes
        assert all(table.startswith(MAY_HOLD_NOTES) for table in notes), set(notes)
        hashed = hashlib.sha256(secrets["personal token"].encode()).hexdigest()
        assert await rows_with(connection, hashed) != {}, "the search finds nothing at all"
    finally:
        await connection.close()
    async with Redis.from_url(mesh.redis_url) as redis:
        stored = await everything_in(redis)
    assert len(stored) > 1000
    without_link = {name: it for name, it in everything.items() if name != "code of the link"}
    assert found_in(stored, without_link) == []
    logs = list((create_folders(mesh.data).data / "logs").glob("*.log"))
    assert len(logs) > 5
    for log in logs:
        assert found_in(log.read_text(), everything | {"note": NOTE}) == [], log.name
