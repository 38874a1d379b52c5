"""Health checks with services that run, that are down, and that lack their database."""

from pathlib import Path

from chassis.identity import TokenVerifier
from chassis.rpc.server import Server
from tests.edge.servers import running_edge


def a_server(tmp_path: Path, *, healthy: bool) -> Server:
    async def answer() -> bool:
        return healthy

    verifier = TokenVerifier(tmp_path / "jwks.json")
    return Server("any", listen="127.0.0.1:0", verifier=verifier, healthy=answer)


async def test_the_edge_lives_whatever_else_does() -> None:
    async with running_edge() as edge:
        response = await edge.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"state": "live"})


async def test_ready_names_what_is_away(tmp_path: Path, redis_url: str) -> None:
    well, ill = a_server(tmp_path, healthy=True), a_server(tmp_path, healthy=False)
    async with well.running(), ill.running():
        at = f"127.0.0.1:{well.port}"
        async with running_edge(
            auth=at, habits=at, analytics=f"127.0.0.1:{ill.port}", redis_url=redis_url
        ) as edge:
            response = await edge.get("/health/ready")
    assert response.status_code == 503
    assert response.json() == {
        "state": "not_ready",
        "dependencies": {
            "auth": {"state": "ready"},
            "habits": {"state": "ready"},
            "analytics": {"state": "not_ready"},
            "notifications": {"state": "unreachable"},
            "redis": {"state": "ready"},
        },
    }


async def test_ready_when_everything_is(tmp_path: Path) -> None:
    server = a_server(tmp_path, healthy=True)
    async with server.running():
        at = f"127.0.0.1:{server.port}"
        async with running_edge(auth=at, habits=at, analytics=at, notifications=at) as edge:
            for _ in range(50):
                response = await edge.get("/health/ready")
                if response.status_code == 200:
                    break
    assert response.json()["state"] == "ready"


async def test_redis_away_is_named(tmp_path: Path) -> None:
    async with running_edge(redis_url="redis://127.0.0.1:1/0") as edge:
        response = await edge.get("/health/ready")
    assert response.json()["dependencies"]["redis"] == {"state": "unreachable"}
