"""Chats, preferences and deliveries over REST, before a real notifications service."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.database import Database
from edge.notifications.schemas import Delivery, Link, LinkedChat, Preferences
from edge.schemas import Page
from services.notifications.cache import Cache
from services.notifications.servicer import NotificationServicer
from services.notifications.telegram import Telegram
from tests.builders import SigningKey, a_caller
from tests.edge.servers import expect_problem, running_edge
from tests.services.notifications.conftest import (
    LinkedChats,
    cache,
    chats,
    database,
    gateway,
    notifications_url,
    signing_key,
)
from tests.services.notifications.running import serving

__all__ = ["cache", "chats", "database", "gateway", "notifications_url", "signing_key"]

PREFERENCES = "/v1/notifications/preferences"
DEFAULTS = {
    "telegram_enabled": True,
    "quiet_hours": None,
    "daily_report_time": "21:00",
    "weekly_report": True,
    "monthly_report": True,
    "streak_cheers": True,
}


@pytest.fixture
async def edge(
    database: Database, cache: Cache, gateway: Telegram, signing_key: SigningKey
) -> AsyncIterator[httpx.AsyncClient]:
    servicer = NotificationServicer(database, cache, gateway)
    async with (
        serving(servicer, signing_key) as target,
        running_edge(notifications=target) as client,
    ):
        yield client


@pytest.fixture
def bearer(signing_key: SigningKey) -> Any:
    """Lend a function that says who asks."""

    def header(owner_id: UUID) -> dict[str, str]:
        return {"Authorization": f"Bearer {signing_key.token(a_caller(id=owner_id))}"}

    return header


async def test_a_chat_is_linked_shown_and_forgotten(
    edge: httpx.AsyncClient, bearer: Any, chats: LinkedChats
) -> None:
    ada = await chats.person()
    made = await edge.post("/v1/telegram/link", headers=bearer(ada.id))
    assert made.status_code == 201
    link = Link.model_validate_json(made.content)
    assert link.url.startswith(f"https://t.me/{chats.telegram.username}?start=")
    assert made.json()["expire_time"].endswith("Z")

    shown = await edge.get("/v1/telegram/link", headers=bearer(ada.id))
    assert shown.status_code == 200
    chat = LinkedChat.model_validate_json(shown.content)
    assert (chat.chat_id, chat.chat_title) == (f"•••{str(ada.chat)[-3:]}", "Ada")
    assert chat.reachable

    forgotten = await edge.delete("/v1/telegram/link", headers=bearer(ada.id))
    assert (forgotten.status_code, forgotten.content) == (204, b"")
    gone = await edge.get("/v1/telegram/link", headers=bearer(ada.id))
    expect_problem(gone, 404, "CHAT_NOT_LINKED")


async def test_preferences_are_changed_field_by_field(edge: httpx.AsyncClient, bearer: Any) -> None:
    ada = bearer(uuid4())
    first = await edge.get(PREFERENCES, headers=ada)
    Preferences.model_validate_json(first.content)
    assert first.json() == DEFAULTS

    for change in (
        {"quiet_hours": {"from": "22:00", "to": "07:00"}},
        {"daily_report_time": None, "streak_cheers": False},
        {"quiet_hours": None},
        {},
    ):
        before = (await edge.get(PREFERENCES, headers=ada)).json()
        changed = await edge.patch(PREFERENCES, headers=ada, json=change)
        assert changed.status_code == 200
        assert changed.json() == before | change
        assert (await edge.get(PREFERENCES, headers=ada)).json() == changed.json()


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        ({"quiet_hours": {"from": "22:00"}}, "REQUEST_INVALID", "quiet_hours.to"),
        ({"quiet_hours": {"from": "22:00", "to": "22:00"}}, "QUIET_HOURS_EMPTY", "quiet_hours"),
        ({"daily_report_time": "9 pm"}, "REQUEST_INVALID", "daily_report_time"),
        ({"weekly_report": None}, "REQUEST_INVALID", "weekly_report"),
        ({"weekly_reports": True}, "REQUEST_INVALID", "weekly_reports"),
    ],
)
async def test_preferences_that_cannot_be(
    edge: httpx.AsyncClient, bearer: Any, body: dict[str, Any], reason: str, field: str
) -> None:
    ada = bearer(uuid4())
    problem = expect_problem(await edge.patch(PREFERENCES, headers=ada, json=body), 422, reason)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert (await edge.get(PREFERENCES, headers=ada)).json() == DEFAULTS


async def test_a_time_that_cannot_be_read_is_shown_as_it_should_be(
    edge: httpx.AsyncClient, bearer: Any
) -> None:
    response = await edge.patch(
        PREFERENCES, headers=bearer(uuid4()), json={"daily_report_time": "9pm"}
    )
    problem = expect_problem(response, 422, "REQUEST_INVALID")
    assert problem["errors"][0]["message"] == "must be a time of day, such as 21:00"


async def test_deliveries_are_listed_page_by_page(
    edge: httpx.AsyncClient, bearer: Any, chats: LinkedChats
) -> None:
    ada = await chats.person()
    for number in range(3):
        await chats.write(ada, f"number {number}")
    path, texts, token = "/v1/notifications/deliveries", [], ""
    while token is not None:
        parameters: dict[str, str | int] = {"page_size": 2, "page_token": token}
        response = await edge.get(path, params=parameters, headers=bearer(ada.id))
        page = Page[Delivery].model_validate_json(response.content)
        texts.append([delivery.text for delivery in page.items])
        token = response.json()["next_page_token"]
    assert texts == [["number 2", "number 1"], ["number 0"]]
    assert response.json()["items"][0] | {"id": "", "create_time": ""} == {
        "id": "",
        "channel": "telegram",
        "kind": "report",
        "text": "number 0",
        "state": "pending",
        "detail": None,
        "create_time": "",
        "send_time": None,
        "attempts": 0,
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/telegram/link"),
        ("GET", "/v1/telegram/link"),
        ("DELETE", "/v1/telegram/link"),
        ("GET", PREFERENCES),
        ("PATCH", PREFERENCES),
        ("GET", "/v1/notifications/deliveries"),
    ],
)
async def test_nobody_is_served_unknown(edge: httpx.AsyncClient, method: str, path: str) -> None:
    expect_problem(await edge.request(method, path), 401, "ACCESS_TOKEN_MISSING")
