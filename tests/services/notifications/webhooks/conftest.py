"""Webhooks of somebody, and a real receiver for them."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from aiohttp import web
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from chassis.clock import Clock
from chassis.database import Database
from chassis.ids import uuid7
from chassis.public_addresses import parse_networks
from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhook_deliveries import (
    WebhookDelivery,
    WebhookEvent,
)
from services.notifications.domain.webhooks import Webhook, WebhookRules
from services.notifications.tables import WEBHOOKS_CHANNEL
from services.notifications.tasks import WebhookSender
from services.notifications.use_cases import webhook_deliveries, webhooks
from services.notifications.webhook_client import WebhookClient
from tests.chassis.waiting import eventually

LOOPBACK = AddressPolicy(parse_networks(["127.0.0.1"]))
"""Allows the address of the receiver, and no other."""
RULES = WebhookRules(LOOPBACK)

_TOLERANCE = timedelta(minutes=5)


@dataclass
class Receiver:
    """A server that webhooks are sent to; it verifies signatures with a library that is not ours.

    `respond` is what it does with a request: what it answers, how long it takes. `clock` is the
    sender's where that is a manual one.
    """

    url: str = ""
    secret: str = ""
    respond: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    clock: Clock | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    """The ids and verified bodies of all requests."""
    at_once: int = 0
    most_at_once: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        verified = self._verified(body, request.headers)
        self.requests.append({"id": request.headers["webhook-id"], "body": verified})
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.respond is not None:
                return await self.respond(request)
            return web.Response(status=204)
        finally:
            self.at_once -= 1

    def _verified(self, body: bytes, headers: Mapping[str, str]) -> Any:
        """Return the verified body of a request.

        Raises:
            WebhookVerificationError: It is not signed with the secret, or long ago.
        """
        verifier = Verifier(self.secret)
        if self.clock is None:
            return verifier.verify(body, dict(headers))
        moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signature = verifier.sign(headers["webhook-id"], moment, body.decode())
        if abs(moment - self.clock()) > _TOLERANCE or headers["webhook-signature"] != signature:
            raise WebhookVerificationError("not signed now, or not with this secret")
        return orjson.loads(body)

    async def requested(self, count: int) -> None:
        """Wait until so many requests have come."""

        async def have_come() -> bool:
            return len(self.requests) >= count

        await eventually(have_come)

    @property
    def ids(self) -> list[str]:
        return [it["id"] for it in self.requests]


@asynccontextmanager
async def receiving(
    host: str = "127.0.0.1", port: int = 0, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Run a receiver on this machine."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, host, port, ssl_context=tls)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    receiver.url = f"{'https' if tls else 'http'}://{host}:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def add_events(
    database: Database, *events: WebhookEvent, now: datetime | None = None
) -> None:
    """Have events sent to the webhooks that want them, as the handlers of events do."""
    async with database.transaction() as session:
        receivers = await webhook_deliveries.lock_receivers(
            session, {it.owner_id for it in events}, {it.type for it in events}
        )
        await webhook_deliveries.add_events(
            session, receivers, events, now=now or datetime.now(UTC)
        )


class Owner:
    """Somebody with a webhook, and what is stored of it."""

    def __init__(self, database: Database, webhook: Webhook) -> None:
        self.database = database
        self.webhook = webhook
        self.id = webhook.owner_id

    def event(self, number: int = 0, **other: Any) -> WebhookEvent:
        """Return something that happened to them."""
        values: dict[str, Any] = {
            "event_id": uuid7(),
            "owner_id": self.id,
            "type": "check_in.changed",
            "create_time": datetime.now(UTC),
            "compose": lambda: {"number": number},
        }
        return WebhookEvent(**values | other)

    async def happen(self, count: int = 1, *, number: int = 0, now: datetime | None = None) -> None:
        """Have events happen to them, numbered on from `number`."""
        happened = [self.event(number + place) for place in range(count)]
        await add_events(self.database, *happened, now=now)

    async def stored(self) -> Webhook:
        async with self.database.transaction() as session:
            return await webhooks.get_webhook(session, self.id, self.webhook.id)

    async def deliveries(self) -> list[WebhookDelivery]:
        """Return their deliveries, oldest first."""
        async with self.database.transaction() as session:
            found = await webhooks.list_deliveries(
                session, self.id, self.webhook.id, state=None, after=None, limit=1000
            )
        return sorted(found, key=lambda it: it.id)

    async def attempted(self, count: int) -> WebhookDelivery:
        """Wait until so many attempts of their only delivery are stored; return it."""

        async def are_stored() -> bool:
            return len((await self.deliveries())[0].attempts) >= count

        await eventually(are_stored)
        (delivery,) = await self.deliveries()
        return delivery

    async def finished(self, *, within: float = 20.0) -> list[WebhookDelivery]:
        """Wait until nothing is pending; return the deliveries, oldest first."""

        async def are_finished() -> bool:
            found = await self.deliveries()
            return bool(found) and all(it.finish_time is not None for it in found)

        await eventually(are_finished, within=within)
        return await self.deliveries()


type NewOwner = Callable[..., Awaitable[Owner]]


@pytest.fixture
def new_owner(database: Database, receiver: Receiver) -> NewOwner:
    """Lend a function that gives somebody a webhook at the receiver."""

    async def create(
        owner_id: UUID | None = None, *, at: Receiver = receiver, **other: Any
    ) -> Owner:
        values: dict[str, Any] = {"url": at.url, "events": ["*"], "description": ""} | other
        async with database.transaction() as session:
            webhook, secret = await webhooks.create_webhook(
                session, owner_id or uuid4(), RULES, now=datetime.now(UTC), **values
            )
        at.secret = secret
        return Owner(database, webhook)

    return create


type SenderOf = Callable[..., WebhookSender]


@pytest.fixture
def a_webhook_sender(database: Database) -> SenderOf:
    """Lend a function that makes senders."""

    def make(*, timeout: timedelta = timedelta(seconds=15), **other: Any) -> WebhookSender:
        client = WebhookClient(LOOPBACK, timeout=timeout)
        values: dict[str, Any] = {"lease": timedelta(seconds=60)} | other
        return WebhookSender(database, client, channel=WEBHOOKS_CHANNEL, **values)

    return make


def answering(*statuses: int, **more: Any) -> Callable[[web.Request], Any]:
    """Answer with these statuses, one after the other, and then with the last."""
    left = list(statuses)

    async def respond(_: web.Request) -> web.Response:
        return web.Response(status=left.pop(0) if len(left) > 1 else left[0], **more)

    return respond
