"""The fast path and the routes respond equally, to valid and invalid requests."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import httpx
import pytest
from fastapi import FastAPI

from tests.edge.servers import expect_problem, running_edge
from tests.services.habits.habits_server import TODAY, HabitsServer

DAY = f"{TODAY}"
YESTERDAY = f"{TODAY - timedelta(days=1)}"
TOMORROW = f"{TODAY + timedelta(days=1)}"
STRANGER = "00000000-0000-7000-8000-000000000001"
JSON = {"content-type": "application/json"}

# method, what follows the habit's path, body, headers beside the token
ASKED: list[tuple[str, str, bytes, dict[str, str]]] = [
    ("POST", "check-ins", b"", {}),
    ("POST", "check-ins", b"{}", JSON),
    ("POST", "check-ins", b"{}", JSON),
    ("POST", "check-ins", b'{"date":"%s"}' % YESTERDAY.encode(), JSON),
    ("POST", "check-ins", b'{"date":null,"amount":null}', JSON),
    ("POST", "check-ins", b'{"source":"web"}', JSON),
    ("POST", "check-ins", b'{"source":"pigeon"}', JSON),
    ("POST", "check-ins", b'{"date":"%s"}' % TOMORROW.encode(), JSON),
    ("POST", "check-ins", b'{"date":"2026-13-40"}', JSON),
    ("POST", "check-ins", b'{"date":7}', JSON),
    ("POST", "check-ins", b'{"date":""}', JSON),
    ("POST", "check-ins", b'{"amount":3}', JSON),
    ("POST", "check-ins", b'{"amount":-3}', JSON),
    ("POST", "check-ins", b'{"amount":1.5}', JSON),
    ("POST", "check-ins", b'{"amount":true}', JSON),
    ("POST", "check-ins", b'{"note":"With music."}', JSON),
    ("POST", "check-ins", b'{"nonsense":1}', JSON),
    ("POST", "check-ins", b'{"amount":1,"amount":1}', JSON),
    ("POST", "check-ins", b'{"amount":"x","amount":1}', JSON),
    ("POST", "check-ins", b'{"source":1,"\\u0073ource":"web"}', JSON),
    ("POST", "check-ins", b"{}", JSON | {"content-encoding": "gzip"}),
    ("POST", "check-ins", b'{"source":"web"}', JSON | {"content-encoding": "identity"}),
    ("POST", "check-ins?date=2026-01-09", b"{}", JSON),
    ("POST", "check-ins", b"[]", JSON),
    ("POST", "check-ins", b"null", JSON),
    ("POST", "check-ins", b"{", JSON),
    ("POST", "check-ins", b"{}", {"content-type": "text/plain"}),
    ("POST", "check-ins", b"{}", JSON | {"idempotency-key": "one"}),
    ("POST", "check-ins", b'{"source":"web"}', JSON | {"idempotency-key": "one"}),
    ("POST", "check-ins", b"{}", JSON | {"idempotency-key": "x" * 300}),
    ("POST", "check-ins/", b"{}", JSON),
    ("PUT", f"check-ins/{DAY}", b'{"mark":"skip"}', JSON),
    ("PUT", f"check-ins/{DAY}", b'{"mark":"done"}', JSON),
    ("PUT", f"check-ins/{DAY}", b'{"mark":"maybe"}', JSON),
    ("PUT", f"check-ins/{DAY}", b'{"mark":"done","amount":2}', JSON),
    ("PUT", f"check-ins/{DAY}", b'{"amount":2}', JSON),
    ("PUT", f"check-ins/{DAY}", b"{}", JSON),
    ("PUT", "check-ins/tomorrow", b'{"mark":"done"}', JSON),
    ("PUT", "check-ins/", b'{"mark":"done"}', JSON),
    ("PUT", f"check-ins/{DAY}", b"", {}),
    ("PUT", f"check-ins/{DAY}", b'{"mark":"skip"} x', JSON),
    ("PUT", f"check-ins/{DAY}", b'{"mark":"skip","mark":"done"}', JSON),
    ("PUT", f"check-ins/{DAY}", b'{"amount":0,"date":"2026-01-09"}', JSON),
    ("POST", "check-ins", b'{"amount":1.0}', JSON),
    ("POST", "check-ins", b'{"date":"\xff"}', JSON),
    ("POST", "check-ins", b'{"date":"date"}', JSON),
    ("POST", "check-ins", '{"date":"2026-01-0\u0669"}'.encode(), JSON),
    ("POST", "check-ins", b'{"date":"2026-01-09\\n"}', JSON),
    ("POST", "check-ins", b'{"source":null}', JSON),
    ("DELETE", f"check-ins/{DAY}", b"{}", JSON),
    ("DELETE", f"check-ins/{DAY}", b"", {}),
    ("DELETE", f"check-ins/{TOMORROW}", b"", {}),
    ("DELETE", "check-ins/never", b"", {}),
    ("PATCH", f"check-ins/{DAY}", b"{}", JSON),
    ("GET", "check-ins", b"", {}),
]


async def answers(habits: HabitsServer, *, check_in_fast_path: bool) -> list[Any]:
    """Ask everything, in order, for a new person; return the answers, without ids and moments."""
    person = habits.person()
    found: list[Any] = []
    headers = {"authorization": f"Bearer {person.token}"}
    async with running_edge(habits=habits.target, check_in_fast_path=check_in_fast_path) as edge:
        made = await edge.post("/v1/habits", json={"title": "Read"}, headers=headers)
        path = f"/v1/habits/{made.json()['id']}"
        await edge.patch(path, json={"start_date": YESTERDAY}, headers=headers)
        for method, rest, body, more in ASKED:
            response = await edge.request(
                method, f"{path}/{rest}", content=body, headers=headers | more
            )
            found.append((method, rest, body, *expect_response(response, path)))
        stranger = f"/v1/habits/{STRANGER}/check-ins"
        found.append(expect_response(await edge.post(stranger, json={}, headers=headers), stranger))
        found.append(expect_response(await edge.post(f"{path}/check-ins", json={}), path))
        wrong = {"authorization": "Bearer nonsense"}
        found.append(
            expect_response(await edge.post(f"{path}/check-ins", json={}, headers=wrong), path)
        )
    return found


def expect_response(response: httpx.Response, path: str) -> tuple[int, str, Any]:
    body = response.json() if response.content else None
    if isinstance(body, dict):
        for varying in ("request_id", "habit_id", "update_time", "metadata", "detail"):
            if varying in body:
                body[varying] = ANY
        if "instance" in body:
            body["instance"] = body["instance"].removeprefix(path)
        for item in body.get("items", ()):
            item["habit_id"] = item["update_time"] = ANY
    return response.status_code, response.headers.get("content-type", ""), body


async def test_the_fast_path_responds_as_the_routes_do(habits: HabitsServer) -> None:
    assert await answers(habits, check_in_fast_path=True) == await answers(
        habits, check_in_fast_path=False
    )


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("POST", "check-ins", b'{"amount":2}'),
        ("PUT", f"check-ins/{DAY}", b'{"mark":"done"}'),
        ("DELETE", f"check-ins/{DAY}", b""),
    ],
)
async def test_plain_check_ins_take_it(
    habits: HabitsServer, monkeypatch: pytest.MonkeyPatch, method: str, rest: str, body: bytes
) -> None:
    """Without this, a mistake in reading would send everything to the routes, unnoticed."""
    to_the_app: list[str] = []
    serve = FastAPI.__call__

    async def noted(self: FastAPI, scope: Any, receive: Any, send: Any) -> None:
        to_the_app.append(scope["path"])
        await serve(self, scope, receive, send)

    monkeypatch.setattr(FastAPI, "__call__", noted)
    person = habits.person()
    async with running_edge(habits=habits.target) as edge:
        response = await edge.request(
            method,
            f"/v1/habits/{STRANGER}/{rest}",
            content=body,
            headers=JSON | {"authorization": f"Bearer {person.token}"},
        )
    expect_problem(response, 404, "HABIT_NOT_FOUND")
    assert to_the_app == []
