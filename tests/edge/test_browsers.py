"""Security headers on every response, and CORS for listed origins only."""

import httpx
import pytest

from tests.edge.servers import running_edge

PAGE = "https://habits.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,if-match,idempotency-key",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/v1/me", 401),
        ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/auth/login", 405),
        ("POST", "/v1/auth/login", 422),
        ("POST", "/v1/auth/logout", 413),
        ("GET", "/openapi.json", 200),
        ("GET", "/docs", 200),
    ],
)
async def test_every_response_has_security_headers(method: str, path: str, status: int) -> None:
    content = "x" * 70_000 if status == 413 else ""
    async with running_edge() as edge:
        response = await edge.request(method, path, content=content)
    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["referrer-policy"] == "no-referrer"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "strict-transport-security" not in response.headers
    assert response.headers.get("cache-control") == ("no-store" if "/v1/" in path else None)
    assert "server" not in response.headers


async def test_over_tls_browsers_are_told_to_stay_there() -> None:
    async with running_edge() as edge:
        response = await edge.get("https://edge/health/live")
    assert response.headers["strict-transport-security"] == "max-age=31536000"


async def test_a_listed_origin_may_call() -> None:
    async with running_edge(cors_origins=(PAGE,)) as edge:
        headers = {"Origin": PAGE, **PREFLIGHT}
        preflight = await edge.options("/v1/habits/x", headers=headers)
        response = await edge.get("/v1/me", headers={"Origin": PAGE})
    assert preflight.status_code == 200
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    for found in (preflight, response):
        assert found.headers["access-control-allow-origin"] == PAGE
        assert "access-control-allow-credentials" not in found.headers
    assert "X-Request-ID" in response.headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", PAGE + ".evil.example"])
async def test_any_other_origin_may_not(origin: str) -> None:
    async with running_edge(cors_origins=(PAGE,)) as edge:
        preflight = await edge.options("/v1/habits/x", headers={"Origin": origin, **PREFLIGHT})
        response = await edge.get("/v1/me", headers={"Origin": origin})
    assert preflight.status_code == 400
    for found in (preflight, response):
        assert "access-control-allow-origin" not in found.headers


async def test_without_a_list_no_origin_may(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_edge() as edge:
        preflight: httpx.Response = await edge.options(
            "/v1/habits/x", headers={"Origin": PAGE, **PREFLIGHT}
        )
    assert preflight.status_code == 405
    assert "access-control-allow-origin" not in preflight.headers
