"""Contract fuzz: schemathesis with every check and three people, over the whole OpenAPI."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients
from tests.servers import ROOT

SECONDS = int(os.environ.get("CONTRACT_SECONDS", "60"))
THIRD = 2
"""The number of the person whose sessions are ended."""
PASSWORD = "nine staplers under a quiet moon"
CONFIG = Path(__file__).with_name("schemathesis.toml")

pytestmark = pytest.mark.timeout(240)


async def test_the_api_keeps_its_contract(mesh: Mesh, clients: Clients) -> None:
    tokens = [await _token(clients, number) for number in range(2)]
    await _token(clients, THIRD)
    fuzzing = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", str(CONFIG)),
        *("run", f"{mesh.api}/openapi.json"),
        *("--max-time", str(SECONDS), "--continue-on-failure", "--no-shrink"),
        *(
            "--exclude-path-regex",
            "logout-all|me/sessions|/live$",
        ),  # they end its sessions, or never
        *("--phases", "examples,coverage,fuzzing"),
        cwd=ROOT,
        env=os.environ
        | {
            "CONTRACT_API": mesh.api,
            "CONTRACT_EMAIL": _email(THIRD),
            "CONTRACT_PASSWORD": PASSWORD,
            "CONTRACT_TOKENS": ",".join(tokens),
            "PYTHONPATH": str(ROOT),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await fuzzing.communicate()
    assert fuzzing.returncode == 0, output.decode()
    for token in tokens:  # the fuzz went on as somebody who is signed in until its end
        headers = {"Authorization": f"Bearer {token}"}
        assert (await clients.rest.get("/v1/me", headers=headers)).status_code == 200


def _email(number: int) -> str:
    return f"contract-{os.getpid()}-{number}@example.com"


async def _token(clients: Clients, number: int) -> str:
    """Register somebody whose password is no example of the schema, so that it stays."""
    account = {"email": _email(number), "password": PASSWORD}
    response = await clients.rest.post("/v1/auth/register", json=account)
    assert response.status_code == 201, response.text
    return str(response.json()["access_token"])
