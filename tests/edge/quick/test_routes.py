"""`/v1/quick-links` and `/v1/quick/{secret}`: one tap checks in, looking and previewing do not."""

import base64
import re
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from edge.habits.schemas.progress import Progress
from edge.quick.schemas import CreatedQuickLink, QuickCheckIn, QuickLink
from edge.request_log import logged_path
from edge.schemas import Page
from tests.edge.habits.api_client import ApiClient, expect_response
from tests.edge.servers import expect_problem
from tests.services.habits.habits_server import TODAY, HabitsServer

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def new_link(ann: ApiClient, **fields: Any) -> str:
    """Create a quick link and return the path of its address."""
    response = await ann.request("POST", "/quick-links", fields)
    created = expect_response(response, 201, CreatedQuickLink)
    path: str = urlsplit(created["url"]).path
    assert re.fullmatch(r"/v1/quick/[\w-]{43}", path)
    return path


async def count_check_ins(ann: ApiClient, habit: dict[str, Any]) -> int:
    count: int = (await ann.get(f"/habits/{habit['id']}/progress", Progress))["total_check_ins"]
    return count


async def test_a_post_checks_in_once_a_tap(ann: ApiClient, edge: httpx.AsyncClient) -> None:
    habit = await ann.create_habit("Run")
    path = await new_link(ann, habit_id=habit["id"])
    used = expect_response(await edge.post(path), 200, QuickCheckIn)
    assert used["message"] == "Run: done. Streak: 1."
    assert (used["check_in"]["date"], used["check_in"]["mark"]) == (str(TODAY), "done")
    again = expect_response(await edge.post(path), 200, QuickCheckIn)
    assert again["repeated_tap"]
    assert again["check_in"] is None
    assert again["message"] == "Run: counted a moment ago, not twice."
    assert await count_check_ins(ann, habit) == 1


async def test_a_get_checks_nothing_in(ann: ApiClient, edge: httpx.AsyncClient) -> None:
    """Chats fetch links to preview them, with any method that reads."""
    habit = await ann.create_habit("<script>alert(1)</script>")
    path = await new_link(ann, habit_id=habit["id"])
    page = await edge.get(path, headers={"User-Agent": "TelegramBot (like TwitterBot)"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert '<form method="post"><button>Check in</button>' in page.text
    assert "<script>alert" not in page.text
    assert "<title>Habit Tracker</title>" in page.text
    await edge.head(path)
    await edge.options(path)
    assert await count_check_ins(ann, habit) == 0


async def test_the_policy_allows_this_style_and_script_only(
    ann: ApiClient, edge: httpx.AsyncClient
) -> None:
    habit = await ann.create_habit("Run")
    page = await edge.get(await new_link(ann, habit_id=habit["id"]))
    policies = page.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; script-src 'sha256-")
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page.text)
        digest = base64.b64encode(sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policies[0]


async def test_a_browser_gets_pages_in_the_owners_language(
    habits: HabitsServer, edge: httpx.AsyncClient
) -> None:
    olya = ApiClient(edge, habits.person(locale="ru").token)
    habit = await olya.create_habit(
        "Вода",
        measure="quantity",
        unit="мл",
        goal={"direction": "at_least", "amount": 1000},
    )
    path = await new_link(olya, habit_id=habit["id"], amount=250)
    assert "<button>Отметить: +250 мл</button>" in (await edge.get(path)).text
    done = await edge.post(path, headers=BROWSER)
    assert done.headers["content-type"] == "text/html; charset=utf-8"
    assert "Вода: сегодня 250 мл." in done.text
    assert '<html lang="ru">' in done.text


async def test_an_address_ends_with_its_deletion(ann: ApiClient, edge: httpx.AsyncClient) -> None:
    habit = await ann.create_habit("Run")
    path = await new_link(ann, habit_id=habit["id"], title="Door")
    page = await ann.get("/quick-links", Page[QuickLink])
    (link,) = page["items"]
    assert (link["title"], link["habit_id"], link["use_time"]) == ("Door", habit["id"], None)
    assert path.rsplit("/", 1)[1] not in str(page)
    assert (await ann.request("DELETE", f"/quick-links/{link['id']}")).status_code == 204
    expect_problem(await edge.post(path), 404, "QUICK_LINK_NOT_FOUND")
    for response in (await edge.get(path, headers=BROWSER), await edge.post(path, headers=BROWSER)):
        assert response.status_code == 404
        assert "no longer works" in response.text
        assert "больше не работает" in response.text
    again = await ann.request("DELETE", f"/quick-links/{link['id']}")
    expect_problem(again, 404, "QUICK_LINK_NOT_FOUND")


async def test_a_refusal_is_told_to_programs_and_people(
    ann: ApiClient, edge: httpx.AsyncClient
) -> None:
    habit = await ann.create_habit("Run")
    path = await new_link(ann, habit_id=habit["id"])
    await ann.request("POST", f"/habits/{habit['id']}/archive")
    expect_problem(await edge.post(path), 409, "HABIT_ARCHIVED")
    page = await edge.post(path, headers=BROWSER)
    assert page.status_code == 409
    assert 'role="alert"' in page.text


async def test_links_are_managed_with_a_token_only(edge: httpx.AsyncClient) -> None:
    for method, path in (("POST", ""), ("GET", ""), ("DELETE", "/x")):
        response = await edge.request(method, f"/v1/quick-links{path}")
        expect_problem(response, 401, "ACCESS_TOKEN_MISSING")


# The request of each recipe of docs/recipes, as the apps send it.
RECIPES: dict[str, dict[str, Any]] = {
    "curl": {"method": "POST"},
    "Apple Shortcuts": {"method": "POST", "json": {}},
    "Tasker": {"method": "POST", "content": b"", "headers": {"Content-Type": "text/plain"}},
    "Home Assistant": {
        "method": "POST",
        "headers": {"Accept": "*/*", "Content-Type": "application/json"},
        "content": b"",
    },
    "the button of the page": {"method": "POST", "data": {}, "headers": BROWSER},
}


@pytest.mark.parametrize("recipe", RECIPES)
async def test_the_request_of_a_recipe_checks_in(
    ann: ApiClient, edge: httpx.AsyncClient, recipe: str
) -> None:
    habit = await ann.create_habit("Run")
    path = await new_link(ann, habit_id=habit["id"])
    request = RECIPES[recipe]
    response = await edge.request(url=path, **request)
    assert response.status_code == 200, response.text
    assert await count_check_ins(ann, habit) == 1


def test_logs_do_not_show_the_secret() -> None:
    assert logged_path("/v1/quick/s3cret") == "/v1/quick/…"
    assert logged_path("/v1/quick-links") == "/v1/quick-links"
