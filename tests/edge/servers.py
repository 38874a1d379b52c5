"""Runs an edge in this process: `async with running_edge(auth=target) as edge`."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp

from edge.app import create_app
from edge.clients import open_clients
from edge.settings import EdgeSettings

NAMES_OF_GRPC = re.compile(
    r"\b(?:(?:habit|account|pause|preferences|change)\."
    r"(?!(?:created|updated|archived|restored|deleted)\b)[a-z]|"  # events, as webhooks name them
    r"(?:local_time|check_in_date|due_date|today_date|report_date|snooze_minutes|quiet_from)\b)"
)
"""Names of fields that REST has other words for."""

UNREACHABLE = "127.0.0.1:1"
"""An address where no service listens."""


@asynccontextmanager
async def running_edge(
    *,
    auth: str = UNREACHABLE,
    habits: str = UNREACHABLE,
    analytics: str = UNREACHABLE,
    notifications: str = UNREACHABLE,
    **settings: Any,
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield an HTTP client of an edge that calls the services at these targets."""
    wanted = EdgeSettings(
        auth_target=auth,
        habits_target=habits,
        analytics_target=analytics,
        notifications_target=notifications,
        **settings,
    )
    async with open_clients(wanted) as clients, http_client(create_app(clients, wanted)) as client:
        yield client


@asynccontextmanager
async def http_client(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """Yield an HTTP client of an app."""
    transport = httpx.ASGITransport(app, client=("192.0.2.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        yield client


def errors_of(problem: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """Return a problem's errors; none where it has no such member."""
    errors: Sequence[Mapping[str, str]] = problem.get("errors", ())
    return errors


def expect_problem(response: httpx.Response, status: int, reason: str) -> Mapping[str, Any]:
    """Expect a complete RFC 9457 problem; return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: Mapping[str, Any] = response.json()
    assert problem["reason"] == reason
    assert problem["status"] == status
    assert problem["type"] == "/problems/" + reason.lower().replace("_", "-")
    assert problem["instance"] == response.request.url.path
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]
    words = [problem["detail"], *(f"{it['field']}: {it['message']}" for it in errors_of(problem))]
    assert not any(NAMES_OF_GRPC.search(text) for text in words), words
    assert ("errors" in problem) == (status == 422)
    return problem
