"""`/docs`, `/redoc` and `/openapi.json`: complete, consistent, and without external assets."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.edge.servers import running_edge


@pytest.fixture
async def edge() -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge() as client:
        yield client


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_docs_load_nothing_from_elsewhere(edge: httpx.AsyncClient, page: str) -> None:
    html = (await edge.get(page)).text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert loaded
    for address in loaded:
        assert address.startswith("/")
        assert (await edge.get(address)).status_code == 200


async def test_every_operation_is_described(edge: httpx.AsyncClient) -> None:
    schema = (await edge.get("/openapi.json")).json()
    known = {tag["name"] for tag in schema["tags"]}
    for name, operation in operations(schema):
        assert operation.get("description") or operation.get("summary"), name
        assert set(operation["tags"]) <= known, name
    ids = [operation["operationId"] for _, operation in operations(schema)]
    assert len(ids) == len(set(ids))


async def test_every_reference_leads_somewhere(edge: httpx.AsyncClient) -> None:
    schema = (await edge.get("/openapi.json")).json()
    for reference in set(references(schema)):
        node: Any = schema
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


async def test_every_error_is_a_problem_with_examples(edge: httpx.AsyncClient) -> None:
    schema = (await edge.get("/openapi.json")).json()
    for name, operation in operations(schema):
        if operation["tags"] == ["operations"]:
            continue
        errors = {s: r for s, r in operation["responses"].items() if int(s) >= 400}
        assert {"422", "503", "504"} <= set(errors), name
        for status, response in errors.items():
            (kind,) = response["content"]
            assert kind == "application/problem+json", name
            for reason, example in response["content"][kind]["examples"].items():
                assert example["value"]["reason"] == reason
                assert example["value"]["status"] == int(status)


async def test_what_needs_a_caller_says_so(edge: httpx.AsyncClient) -> None:
    schema = (await edge.get("/openapi.json")).json()
    (scheme,) = schema["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    free = {name for name, operation in operations(schema) if "security" not in operation}
    assert {name for name in free if "/v1/" in name} == {
        "post /v1/auth/register",
        "post /v1/auth/code",
        "get /v1/auth/sign-in-methods",
        "post /v1/auth/oidc/start",
        "post /v1/auth/oidc/finish",
        "post /v1/auth/login",
        "post /v1/auth/refresh",
        "post /v1/auth/logout",
        "get /v1/calendar/{secret}.ics",  # the secret says whose it is
        "get /v1/quick/{secret}",
        "post /v1/quick/{secret}",
        "post /v1/auth/proxy",
        "post /v1/web/session",
        "post /v1/web/session/register",
        "post /v1/web/session/code",
        "post /v1/web/session/oidc",
        "post /v1/web/session/telegram",  # what Telegram has signed says who it is
        "post /v1/web/session/refresh",  # the cookie says whose it is
        "delete /v1/web/session",
    }
    for name, operation in operations(schema):
        assert name in free or "401" in operation["responses"], name
