"""Every rpc of browsers that show reminders, through a real server and a real stub."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest

from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.rpc.channel import connect
from chassis.rpc.status import refusal_details
from chassis.vapid import public_point, read_vapid_key
from contracts.notifications.v1 import push_service_pb2
from contracts.notifications.v1.push_service_pb2 import (
    DeletePushSubscriptionRequest,
    GetPushChannelRequest,
    UpsertPushSubscriptionRequest,
)
from contracts.notifications.v1.push_service_pb2_grpc import PushServiceStub
from services.notifications.servicer import PushServicer
from services.notifications.use_cases import events
from tests.builders import SigningKey, a_caller
from tests.push_service import Browser
from tests.services.notifications.conftest import LinkedChats, Person
from tests.services.notifications.push import KEY, a_due_reminder, remind
from tests.services.notifications.running import serving

PUBLIC_KEY = public_point(read_vapid_key(KEY))
ENDPOINT = "https://push.example.com/x"

type Ask = Callable[[UUID, Callable[[PushServiceStub], Any]], Awaitable[Any]]


@pytest.fixture(params=[PUBLIC_KEY], ids=["key"])
async def ask(
    database: Database, signing_key: SigningKey, request: pytest.FixtureRequest
) -> AsyncIterator[Ask]:
    """Lend a function that calls a method as somebody."""
    servicer = PushServicer(database, public_key=request.param)
    async with (
        serving(None, signing_key, pushes=servicer) as target,
        connect(target, push_service_pb2.DESCRIPTOR) as channel,
    ):
        stub = PushServiceStub(channel)

        async def ask(owner_id: UUID, call: Callable[[PushServiceStub], Any]) -> Any:
            with use_context(RequestContext(token=signing_key.token(a_caller(id=owner_id)))):
                return await call(stub)

        yield ask


def a_browser(**other: str) -> UpsertPushSubscriptionRequest:
    browser = Browser()
    values = {
        "endpoint": ENDPOINT,
        "p256dh_key": browser.p256dh_key,
        "auth_secret": browser.auth_secret,
        "device": "Firefox on Linux",
    }
    return UpsertPushSubscriptionRequest(**values | other)


async def reason_of(call: Awaitable[Any]) -> str:
    """Return why a call was refused."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return refusal_details(caught.value).reason


async def subscriptions(ask: Ask, owner_id: UUID) -> list[str]:
    response = await ask(owner_id, lambda it: it.GetPushChannel(GetPushChannelRequest()))
    assert response.push_channel.public_key == PUBLIC_KEY
    return [it.id for it in response.push_channel.subscriptions]


async def test_a_browser_is_subscribed_once(ask: Ask) -> None:
    ada = uuid4()
    assert await subscriptions(ask, ada) == []
    first = await ask(ada, lambda it: it.UpsertPushSubscription(a_browser()))
    again = await ask(ada, lambda it: it.UpsertPushSubscription(a_browser(device="Edge")))
    stored = again.push_subscription
    assert stored.id == first.push_subscription.id
    assert (stored.push_service, stored.device) == ("push.example.com", "Edge")
    assert await subscriptions(ask, ada) == [stored.id]


async def test_a_browser_belongs_to_who_subscribed_it_last(ask: Ask, chats: LinkedChats) -> None:
    """And what was waiting for it is shown to nobody."""
    ada, bob = uuid4(), uuid4()
    await ask(ada, lambda it: it.UpsertPushSubscription(a_browser()))
    await remind(chats.database, a_due_reminder(ada))
    await ask(bob, lambda it: it.UpsertPushSubscription(a_browser()))
    assert await subscriptions(ask, ada) == []
    assert len(await subscriptions(ask, bob)) == 1
    (row,) = await chats.rows(Person(ada, 0))
    assert row["state"] == "dropped"
    assert row["detail"] == "The browser was unsubscribed before it was sent."


async def test_a_person_has_at_most_ten_browsers(ask: Ask) -> None:
    ada = uuid4()

    def subscribe(number: int) -> Awaitable[Any]:
        request = a_browser(endpoint=f"{ENDPOINT}/{number}")
        return ask(ada, lambda it: it.UpsertPushSubscription(request))

    for number in range(10):
        await subscribe(number)
    assert await reason_of(subscribe(10)) == "TOO_MANY_PUSH_SUBSCRIPTIONS"
    await subscribe(9)  # is there already
    assert len(await subscriptions(ask, ada)) == 10


async def test_a_subscription_is_deleted_by_its_owner_only(ask: Ask, chats: LinkedChats) -> None:
    ada, bob = uuid4(), uuid4()
    stored = await ask(ada, lambda it: it.UpsertPushSubscription(a_browser()))
    await remind(chats.database, a_due_reminder(ada))
    request = DeletePushSubscriptionRequest(push_subscription_id=stored.push_subscription.id)
    delete = lambda it: it.DeletePushSubscription(request)  # noqa: E731
    assert await reason_of(ask(bob, delete)) == "PUSH_SUBSCRIPTION_NOT_FOUND"
    await ask(ada, delete)
    assert await subscriptions(ask, ada) == []
    assert await reason_of(ask(ada, delete)) == "PUSH_SUBSCRIPTION_NOT_FOUND"
    (row,) = await chats.rows(Person(ada, 0))
    assert row["state"] == "dropped"
    unknown = DeletePushSubscriptionRequest(push_subscription_id="x")
    refused = ask(ada, lambda it: it.DeletePushSubscription(unknown))
    assert await reason_of(refused) == "PUSH_SUBSCRIPTION_NOT_FOUND"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"endpoint": "http://push.example.com/x"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": "https://127.0.0.1/x"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": "https://[::ffff:10.0.0.1]/x"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": "https://localhost/x"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": "https://user:pass@push.example.com/x"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": "https://push.example.com:x/"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": "ftp://push.example.com/"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": f"{ENDPOINT}{'x' * 2048}"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": f"{ENDPOINT} y"}, "PUSH_ENDPOINT_INVALID"),
        ({"endpoint": ""}, "PUSH_ENDPOINT_INVALID"),
        ({"auth_secret": "AAAA"}, "PUSH_KEYS_INVALID"),
        ({"auth_secret": "ы"}, "PUSH_KEYS_INVALID"),
        ({"p256dh_key": "BAAA"}, "PUSH_KEYS_INVALID"),
        ({"p256dh_key": "B" + "A" * 86}, "PUSH_KEYS_INVALID"),
    ],
)
async def test_what_nothing_can_be_pushed_to_is_refused(
    ask: Ask, fields: dict[str, str], reason: str
) -> None:
    request = a_browser(**fields)
    refused = ask(uuid4(), lambda it: it.UpsertPushSubscription(request))
    assert await reason_of(refused) == reason


@pytest.mark.parametrize("ask", [""], ids=["no key"], indirect=True)
async def test_without_a_key_no_browser_can_be_subscribed(ask: Ask) -> None:
    refused = ask(uuid4(), lambda it: it.UpsertPushSubscription(a_browser()))
    assert await reason_of(refused) == "PUSH_NOT_CONFIGURED"


async def test_browsers_go_with_the_account(ask: Ask, database: Database) -> None:
    """And none comes back while its token lasts."""
    ada = uuid4()
    await ask(ada, lambda it: it.UpsertPushSubscription(a_browser()))
    async with database.transaction() as session:
        await events.delete_person(session, ada)
    assert await subscriptions(ask, ada) == []
    refused = ask(ada, lambda it: it.UpsertPushSubscription(a_browser()))
    assert await reason_of(refused) == "ACCOUNT_NOT_FOUND"
