"""Signing in by the header of a trusted proxy, over REST: who is believed, and who is not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.settings import SettingsError
from edge.settings import EdgeSettings
from tests.edge.servers import UNREACHABLE, expect_problem, running_edge
from tests.services.auth.running import DELEGATION_SECRET, RunningAuth, registered, running_auth

HERE = "192.0.2.1"
"""The address that requests of these tests come from."""
ON: dict[str, Any] = {
    "proxy_sign_in_header": "Remote-User",
    "proxy_sign_in_addresses": ("10.0.0.0/8", "192.0.2.0/24"),
    "delegation_secret": DELEGATION_SECRET,
}


@pytest.fixture
async def auth(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[RunningAuth]:
    async with running_auth(auth_database_url, redis_url, tmp_path, proxy_sign_in=True) as running:
        yield running


async def sign_in(edge: httpx.AsyncClient, *users: str, **headers: str) -> httpx.Response:
    named = [("Remote-User", user) for user in users]
    return await edge.post("/v1/auth/proxy", headers=[*named, *headers.items()])


async def test_whom_a_trusted_proxy_names_is_signed_in(auth: RunningAuth) -> None:
    user = uuid4().hex
    async with running_edge(auth=auth.target, **ON) as edge:
        response = await sign_in(edge, user)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert response.json()["user"]["display_name"] == user
        token = response.json()["access_token"]
        me = await edge.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert me.json()["id"] == response.json()["user"]["id"]


async def test_the_header_of_any_other_address_is_not_believed(auth: RunningAuth) -> None:
    async with running_edge(
        auth=auth.target, **ON | {"proxy_sign_in_addresses": ("198.51.100.0/24",)}
    ) as edge:
        expect_problem(await sign_in(edge, "ann"), 403, "PROXY_NOT_TRUSTED")


async def test_a_forwarded_address_is_no_proxy(auth: RunningAuth) -> None:
    """What counts is where the connection comes from, not where a trusted proxy says it came."""
    settings = ON | {
        "proxy_sign_in_addresses": ("198.51.100.7",),
        "forwarded_allow_ips": HERE,
    }
    async with running_edge(auth=auth.target, **settings) as edge:
        response = await sign_in(edge, "ann", **{"X-Forwarded-For": "198.51.100.7"})
        expect_problem(response, 403, "PROXY_NOT_TRUSTED")


async def test_a_proxy_may_forward_the_address_of_the_client(auth: RunningAuth) -> None:
    async with running_edge(auth=auth.target, **ON, forwarded_allow_ips=HERE) as edge:
        forwarded = {"X-Forwarded-For": "93.184.216.34"}
        response = await sign_in(edge, uuid4().hex, **forwarded)
        token = response.json()["access_token"]
        sessions = await edge.get("/v1/me/sessions", headers={"Authorization": f"Bearer {token}"})
        assert sessions.json()["items"][0]["place"] == "93.184.216.x"


async def test_other_routes_do_not_look_at_the_header(auth: RunningAuth) -> None:
    async with running_edge(auth=auth.target, **ON) as edge:
        response = await edge.get("/v1/me", headers={"Remote-User": "ann"})
        expect_problem(response, 401, "ACCESS_TOKEN_MISSING")


@pytest.mark.parametrize("users", [(), ("",), ("ann", "bob")])
async def test_a_header_that_names_nobody_or_two_signs_nobody_in(
    auth: RunningAuth, users: tuple[str, ...]
) -> None:
    async with running_edge(auth=auth.target, **ON) as edge:
        expect_problem(await sign_in(edge, *users), 401, "PROXY_USER_MISSING")


async def test_it_is_off_by_default(auth: RunningAuth) -> None:
    async with running_edge(auth=auth.target) as edge:
        expect_problem(await sign_in(edge, "ann"), 409, "PROXY_SIGN_IN_NOT_CONFIGURED")


async def test_an_account_is_linked_by_whoever_is_signed_in(auth: RunningAuth) -> None:
    user, ann = uuid4().hex, await registered(auth)
    async with running_edge(auth=auth.target, **ON) as edge:
        headers = {"Authorization": f"Bearer {ann.tokens.access_token}", "Remote-User": user}
        assert (await edge.post("/v1/me/proxy", headers=headers)).status_code == 204
        assert (await sign_in(edge, user)).json()["user"]["id"] == ann.account.id
        del headers["Authorization"]
        response = await edge.post("/v1/me/proxy", headers=headers)
        expect_problem(response, 401, "ACCESS_TOKEN_MISSING")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"proxy_sign_in_addresses": ()}, "PROXY_SIGN_IN_ADDRESSES"),
        ({"proxy_sign_in_addresses": ("proxy.example",)}, "PROXY_SIGN_IN_ADDRESSES"),
        ({"delegation_secret": None}, "DELEGATION_SECRET"),
    ],
)
def test_half_of_the_settings_is_refused_at_the_start(changes: dict[str, Any], named: str) -> None:
    targets: dict[str, Any] = dict.fromkeys(
        ("auth_target", "habits_target", "analytics_target", "notifications_target"), UNREACHABLE
    )
    with pytest.raises(SettingsError, match=named):
        EdgeSettings(**targets, **ON | changes)
