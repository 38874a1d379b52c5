"""Sessions and tokens over the whole mesh: what is forged is refused, what has ended is cut."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from edge.clients import SERVICE_FILES
from local.folders import create_folders
from tests.chassis.waiting import eventually
from tests.forgeries import (
    Forgery,
    good_claims,
    good_header,
    sign_raw,
    with_the_key,
    without_the_key,
)
from tests.journeys.grpc_methods import REFUSED, channel_to, methods_of, reason_of
from tests.journeys.mesh import Mesh
from tests.journeys.people import PASSWORD, Clients, Json, Person
from tests.servers import ROOT

pytestmark = pytest.mark.timeout(240)

CUT_SECONDS = 5
ROTATION_SECONDS, REQUESTS_A_SECOND = 30, 20


def signing_key(mesh: Mesh) -> tuple[Ed25519PrivateKey, str]:
    """Return the key that the mesh signs with, and its id."""
    keys = create_folders(mesh.data).data / "keys"
    private = load_pem_private_key((keys / "signing.pem").read_bytes(), password=None)
    assert isinstance(private, Ed25519PrivateKey)
    return private, json.loads((keys / "jwks.json").read_text())["keys"][0]["kid"]


def forgeries(mesh: Mesh, good: str) -> list[Forgery]:
    private, key_id = signing_key(mesh)
    public = private.public_key().public_bytes_raw()
    return [*without_the_key(good, key_id, public), *with_the_key(private, key_id)]


def can_be_a_header(token: str) -> bool:
    return token.isascii() and token.isprintable() and bool(token.strip())


async def test_60_forged_tokens_are_refused_at_rest_and_at_each_grpc_port(
    mesh: Mesh, clients: Clients
) -> None:
    ann = await clients.register("Ann", timezone="UTC")
    forged = [one for one in forgeries(mesh, ann.access_token) if can_be_a_header(one[1])]
    assert len(forged) >= 60
    taken: list[tuple[str, str, object]] = []
    for name, token in forged:
        answer = await clients.rest.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code != 401:
            taken.append(("rest", name, answer.status_code))
    for service in SERVICE_FILES:
        method, streams = next(methods_of(service, public=False))
        async with channel_to(mesh, service) as channel:
            for name, token in forged:
                reason = await reason_of(channel, method, token, streams=streams)
                if reason not in REFUSED:
                    taken.append((service, name, reason))
    assert taken == []


async def use(clients: Clients, token: str) -> set[int]:
    """Use an access token at a route of each service, and return what they answered."""
    headers = {"Authorization": f"Bearer {token}"}
    paths = ("me", "today", "analytics/summary", "notifications/preferences")
    answers = [await clients.rest.get(f"/v1/{path}", headers=headers) for path in paths]
    return {answer.status_code for answer in answers}


@pytest.mark.parametrize("by", ["logout", "logout-all", "password", "session", "deletion"])
async def test_access_ends_everywhere_within_5_seconds(clients: Clients, by: str) -> None:
    """ASVS 7.4.1: at REST, and so in each service that a route stands for."""
    ben = await clients.register("Ben", timezone="UTC")
    other = await clients.rest.post(
        "/v1/auth/login", json={"email": ben.email, "password": PASSWORD}
    )
    cut = other.json()["access_token"]
    assert await use(clients, cut) == {200}
    match by:
        case "logout":
            await ben.post("auth/logout", refresh_token=other.json()["refresh_token"])
        case "logout-all":
            await ben.post("auth/logout-all")
        case "password":
            await ben.post("me/password", current_password=PASSWORD, new_password=f"new {PASSWORD}")
        case "session":
            sessions: Json = (await ben.get("me/sessions"))["items"]
            (ended,) = [one["id"] for one in sessions if not one["current"]]
            await ben.delete(f"me/sessions/{ended}")
        case "deletion":
            await delete_account(ben)

    async def is_cut() -> bool:
        return await use(clients, cut) == {401}

    started = time.monotonic()
    await eventually(is_cut, within=CUT_SECONDS)
    assert time.monotonic() - started <= CUT_SECONDS
    if by in ("logout", "password", "session"):
        assert await use(clients, ben.access_token) == {200}


async def delete_account(person: Person) -> None:
    answer = await person.clients.rest.request(
        "DELETE",
        "/v1/me",
        json={"password": PASSWORD},
        headers={"Authorization": f"Bearer {person.access_token}"},
    )
    assert answer.status_code == 204, answer.text


async def test_keys_are_rotated_without_one_failed_request(mesh: Mesh, clients: Clients) -> None:
    """20 requests a second, auth not restarted; a new sign-in every second."""
    dan = await clients.register("Dan", timezone="UTC")
    keys = create_folders(mesh.data).data / "keys"
    before = await key_ids(clients.rest)
    rotate = [sys.executable, "-m", "services.auth", "keys", "--rotate"]
    environment = {
        "SIGNING_KEY_FILE": str(keys / "signing.pem"),
        "JWKS_FILE": str(keys / "jwks.json"),
    }
    failed: list[str] = []
    signers: set[str] = set()
    for second in range(ROTATION_SECONDS):
        if second == 2:
            rotation = await asyncio.create_subprocess_exec(*rotate, cwd=ROOT, env=environment)
            assert await rotation.wait() == 0
        login = {"email": dan.email, "password": PASSWORD}
        signed_in = await clients.rest.post("/v1/auth/login", json=login)
        assert signed_in.status_code == 200, signed_in.text
        token = signed_in.json()["access_token"]
        signers.add(header_of(token)["kid"])
        began = time.monotonic()
        for n in range(REQUESTS_A_SECOND):
            headers = {"Authorization": f"Bearer {(token, dan.access_token)[n % 2]}"}
            path = ("me", "today", "analytics/summary", "notifications/preferences")[n % 4]
            answer = await clients.rest.get(f"/v1/{path}", headers=headers)
            if answer.status_code != 200:
                failed.append(f"{second}: {path} {answer.status_code} {answer.text}")
        await asyncio.sleep(max(0, 1 - (time.monotonic() - began)))
    assert failed == []
    after = await key_ids(clients.rest)
    assert len(after) == len(before) + 1
    assert signers == {before[0], after[0]}


async def key_ids(rest: httpx.AsyncClient) -> list[str]:
    answer = await rest.get("/.well-known/jwks.json")
    return [key["kid"] for key in answer.json()["keys"]]


def header_of(token: str) -> dict[str, str]:
    part = token.partition(".")[0]
    header: dict[str, str] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return header


async def test_what_is_forged_here_would_pass_if_it_were_right(
    mesh: Mesh, clients: Clients
) -> None:
    """Else the first test would say nothing: the same key and form, with nothing wrong."""
    private, key_id = signing_key(mesh)
    person = await clients.register("Fay", timezone="UTC")
    claims = good_claims(sub=(await person.get("me"))["id"])
    token = sign_raw(private, json.dumps(good_header(key_id)), json.dumps(claims))
    assert await use(clients, token) == {200}
