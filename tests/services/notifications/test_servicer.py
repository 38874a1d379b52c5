"""Every rpc, through a real server and a real stub."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.rpc.channel import connect
from chassis.rpc.status import refusal_details
from contracts.notifications.v1 import notification_service_pb2
from contracts.notifications.v1.chat_link_pb2 import (
    DELIVERY_STATE_DROPPED,
    DELIVERY_STATE_PENDING,
    Preferences,
)
from contracts.notifications.v1.notification_events_pb2 import PreferencesChanged
from contracts.notifications.v1.notification_service_pb2 import (
    CreateChatLinkRequest,
    DeleteChatLinkRequest,
    GetChatLinkRequest,
    GetPreferencesRequest,
    ListDeliveriesRequest,
    UpdatePreferencesRequest,
)
from contracts.notifications.v1.notification_service_pb2_grpc import NotificationServiceStub
from services.notifications.cache import Cache
from services.notifications.domain.links import MOST_LINKS
from services.notifications.servicer import NotificationServicer
from services.notifications.telegram import Telegram
from services.notifications.use_cases import links
from tests.builders import SigningKey, a_caller
from tests.services.notifications.conftest import LinkedChats, Person
from tests.services.notifications.running import serving
from tests.telegram import Telegram as StandIn

ALL_DEFAULT = Preferences(
    telegram_enabled=True,
    daily_report_time="21:00",
    weekly_report=True,
    monthly_report=True,
    streak_cheers=True,
)


type Ask = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def asking(servicer: NotificationServicer, key: SigningKey) -> AsyncIterator[Ask]:
    """Serve a servicer, and lend a function that calls a method of its stub as somebody."""
    async with (
        serving(servicer, key) as target,
        connect(target, notification_service_pb2.DESCRIPTOR) as channel,
    ):
        stub = NotificationServiceStub(channel)

        async def ask(owner_id: UUID, call: Callable[[NotificationServiceStub], Any]) -> Any:
            with use_context(RequestContext(token=key.token(a_caller(id=owner_id)))):
                return await call(stub)

        yield ask


@pytest.fixture
async def ask(
    database: Database, cache: Cache, gateway: Telegram, signing_key: SigningKey
) -> AsyncIterator[Ask]:
    async with asking(NotificationServicer(database, cache, gateway), signing_key) as ask:
        yield ask


async def reason_of(call: Awaitable[Any]) -> str:
    """Return why a call was refused."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return refusal_details(caught.value).reason


def a_change(**values: Any) -> UpdatePreferencesRequest:
    """Return a request that changes these preferences and no others."""
    return UpdatePreferencesRequest(
        preferences=Preferences(**values), update_mask=FieldMask(paths=list(values))
    )


async def test_a_link_opens_the_bot_with_a_code_that_works_once(
    ask: Ask, cache: Cache, telegram: StandIn
) -> None:
    ada = uuid4()
    link = await ask(ada, lambda it: it.CreateChatLink(CreateChatLinkRequest()))
    address, _, code = link.url.partition("?start=")
    assert address == f"https://t.me/{telegram.username}"
    left = link.expire_time.ToDatetime(UTC) - datetime.now(UTC)
    assert timedelta(minutes=9, seconds=50) < left <= timedelta(minutes=10)
    assert await links.consume_code(cache, code) == ada
    assert await links.consume_code(cache, code) is None


async def test_a_new_link_makes_the_last_one_void(ask: Ask, cache: Cache) -> None:
    ada = uuid4()
    codes = [
        (await ask(ada, lambda it: it.CreateChatLink(CreateChatLinkRequest()))).url.partition("=")[
            2
        ]
        for _ in range(2)
    ]
    assert await links.consume_code(cache, codes[0]) is None
    assert await links.consume_code(cache, codes[1]) == ada


async def test_nobody_asks_for_links_without_end(ask: Ask) -> None:
    ada, bob = uuid4(), uuid4()
    for _ in range(MOST_LINKS):
        await ask(ada, lambda it: it.CreateChatLink(CreateChatLinkRequest()))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ask(ada, lambda it: it.CreateChatLink(CreateChatLinkRequest()))
    details = refusal_details(caught.value)
    assert details.reason == "TOO_MANY_LINKS"
    assert details.retry_after is not None
    assert timedelta() < details.retry_after <= timedelta(minutes=10)
    await ask(bob, lambda it: it.CreateChatLink(CreateChatLinkRequest()))


async def test_without_a_bot_there_is_no_link(
    database: Database, cache: Cache, signing_key: SigningKey
) -> None:
    async with asking(NotificationServicer(database, cache, None), signing_key) as ask:
        asked = ask(uuid4(), lambda it: it.CreateChatLink(CreateChatLinkRequest()))
        assert await reason_of(asked) == "BOT_NOT_CONFIGURED"


async def test_the_linked_chat_is_shown_and_forgotten(ask: Ask, chats: LinkedChats) -> None:
    ada: Person = await chats.person()
    await chats.write(ada, "hello")
    shown = await ask(ada.id, lambda it: it.GetChatLink(GetChatLinkRequest()))
    assert shown.chat_link.masked_chat_id == "•••" + str(ada.chat)[-3:]
    assert shown.chat_link.chat_title == "Ada"
    assert shown.chat_link.reachable
    for _ in range(2):  # no chat is no error
        await ask(ada.id, lambda it: it.DeleteChatLink(DeleteChatLinkRequest()))
    assert (
        await reason_of(ask(ada.id, lambda it: it.GetChatLink(GetChatLinkRequest())))
        == "CHAT_NOT_LINKED"
    )
    (row,) = await chats.rows(ada)
    assert (row["state"], row["detail"]) == ("dropped", "The chat was unlinked before it was sent.")


async def test_preferences_begin_with_defaults(ask: Ask) -> None:
    answer = await ask(uuid4(), lambda it: it.GetPreferences(GetPreferencesRequest()))
    assert answer.preferences == ALL_DEFAULT


async def test_a_change_of_preferences_is_kept_and_told(ask: Ask, database: Database) -> None:
    ada = uuid4()
    change = a_change(quiet_from="22:00", quiet_to="07:00", daily_report_time="")
    for _ in range(2):  # the second changes nothing, and tells nobody
        answer = await ask(ada, lambda it: it.UpdatePreferences(change))
    wanted = Preferences(
        telegram_enabled=True,
        quiet_from="22:00",
        quiet_to="07:00",
        weekly_report=True,
        monthly_report=True,
        streak_cheers=True,
    )
    assert answer.preferences == wanted
    again = await ask(ada, lambda it: it.GetPreferences(GetPreferencesRequest()))
    assert again.preferences == wanted
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT body FROM notifications.outbox")
    told = [PreferencesChanged.FromString(row["body"]) for row in rows]
    assert told == [PreferencesChanged(owner_id=str(ada), preferences=wanted, revision=1)]


async def test_changes_at_the_same_time_all_count(ask: Ask, database: Database) -> None:
    ada = uuid4()
    changes = [a_change(**{name: False}) for name in ("weekly_report", "streak_cheers")]
    await asyncio.gather(
        *(ask(ada, lambda it, c=change: it.UpdatePreferences(c)) for change in changes)
    )
    kept = await ask(ada, lambda it: it.GetPreferences(GetPreferencesRequest()))
    assert (kept.preferences.weekly_report, kept.preferences.streak_cheers) == (False, False)
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT body FROM notifications.outbox")
    told = [PreferencesChanged.FromString(row["body"]) for row in rows]
    assert sorted(event.revision for event in told) == [1, 2]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (a_change(daily_report_time="24:00"), "WALL_TIME_MALFORMED"),
        (a_change(daily_report_time="9:00"), "WALL_TIME_MALFORMED"),
        (a_change(quiet_from="22:00"), "QUIET_HOURS_INCOMPLETE"),
        (a_change(quiet_from="22:00", quiet_to="22:00"), "QUIET_HOURS_EMPTY"),
        (UpdatePreferencesRequest(update_mask=FieldMask(paths=["revision"])), "FIELD_UNKNOWN"),
        (UpdatePreferencesRequest(update_mask=FieldMask(paths=["*"])), "FIELD_UNKNOWN"),
    ],
)
async def test_a_change_that_cannot_be(
    ask: Ask, request_: UpdatePreferencesRequest, reason: str
) -> None:
    ada = uuid4()
    assert await reason_of(ask(ada, lambda it: it.UpdatePreferences(request_))) == reason
    kept = await ask(ada, lambda it: it.GetPreferences(GetPreferencesRequest()))
    assert kept.preferences == ALL_DEFAULT


async def test_deliveries_come_newest_first_page_by_page(ask: Ask, chats: LinkedChats) -> None:
    ada, bob = await chats.person(), await chats.person()
    for number in range(5):
        await chats.write(ada, f"number {number}")
    await chats.write(bob, "not for Ada")
    texts, token = [], ""
    while True:
        request = ListDeliveriesRequest(page_size=2, page_token=token)
        page = await ask(ada.id, lambda it, r=request: it.ListDeliveries(r))
        texts.append([delivery.text for delivery in page.deliveries])
        token = page.next_page_token
        if not token:
            break
    assert texts == [["number 4", "number 3"], ["number 2", "number 1"], ["number 0"]]
    first = page.deliveries[0]
    assert (first.kind, first.state) == ("report", DELIVERY_STATE_PENDING)
    assert not first.HasField("send_time")


async def test_a_delivery_says_why_it_was_not_made(ask: Ask, chats: LinkedChats) -> None:
    nobody = Person(uuid4(), 0)
    await chats.write(nobody, "hello")
    page = await ask(nobody.id, lambda it: it.ListDeliveries(ListDeliveriesRequest()))
    (delivery,) = page.deliveries
    assert (delivery.state, delivery.detail) == (DELIVERY_STATE_DROPPED, "No chat is linked.")


async def test_a_page_token_of_ones_own_making_is_refused(ask: Ask) -> None:
    request = ListDeliveriesRequest(page_token="x")
    asked = ask(uuid4(), lambda it: it.ListDeliveries(request))
    assert await reason_of(asked) == "PAGE_TOKEN_INVALID"
