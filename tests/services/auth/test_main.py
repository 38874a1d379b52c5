"""`python -m services.auth`: the command that makes keys, and the process that serves."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import grpc
import pytest

from chassis.rpc.channel import connect
from contracts.auth.v1 import auth_service_pb2
from contracts.auth.v1.auth_service_pb2 import GetKeySetRequest
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from services.auth.dao.key_files import make_keys
from tests.services.auth.running import registration

SECONDS = 30
PROGRAM = (sys.executable, "-m", "services.auth")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return {
        "SIGNING_KEY_FILE": str(tmp_path / "private/signing.pem"),
        "JWKS_FILE": str(tmp_path / "public/jwks.json"),
    }


def finish(*arguments: str, env: Mapping[str, str]) -> tuple[int, str, str]:
    """Run a command to its end; return its exit code and what it said."""
    ended = subprocess.run(
        [*PROGRAM, *arguments],
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


def kids(files: Mapping[str, str]) -> list[str]:
    return [key["kid"] for key in json.loads(Path(files["JWKS_FILE"]).read_text())["keys"]]


def test_keys_are_made_once_and_the_private_one_is_private(files: dict[str, str]) -> None:
    code, first, _ = finish("keys", env=files)
    assert code == 0
    assert kids(files) == [first.strip()]
    private = Path(files["SIGNING_KEY_FILE"])
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    pem = private.read_bytes()
    code, again, _ = finish("keys", env=files)
    assert (code, again, private.read_bytes()) == (0, first, pem)


def test_a_new_key_leaves_the_old_public_one(files: dict[str, str]) -> None:
    _, first, _ = finish("keys", env=files)
    code, second, _ = finish("keys", "--rotate", env=files)
    assert code == 0
    assert kids(files) == [second.strip(), first.strip()]


def test_a_lost_key_set_is_made_from_the_signing_key(tmp_path: Path) -> None:
    signing, jwks = tmp_path / "signing.pem", tmp_path / "jwks.json"
    key = make_keys(signing, jwks)
    jwks.unlink()
    assert make_keys(signing, jwks).id == key.id
    assert key.id in jwks.read_text()


def test_a_missing_variable_is_named(files: dict[str, str]) -> None:
    code, _, err = finish("serve", env=files)
    assert code == 78
    assert "DATABASE_URL is missing" in err
    assert "REDIS_URL is missing" in err


def test_a_weak_secret_is_refused_at_the_start(files: dict[str, str]) -> None:
    code, _, err = finish("serve", env=files | {"DELEGATION_SECRET": "short"})
    assert code == 78
    assert "DELEGATION_SECRET cannot be read" in err


async def test_the_process_migrates_serves_and_ends_when_told(
    files: dict[str, str], database_url: str, redis_url: str, amqp_url: str, tmp_path: Path
) -> None:
    finish("keys", env=files)
    listen = f"unix:{tmp_path}/a.sock"
    env = files | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "AMQP_URL": amqp_url,
        "GRPC_LISTEN": listen,
        "BCRYPT_COST": "4",
    }
    for _ in range(2):
        code, _, err = finish("migrate", env=env)
        assert code == 0, err
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        "serve",
        "relay",
        env={"PATH": os.environ["PATH"], **env},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with connect(listen, auth_service_pb2.DESCRIPTOR) as channel:
            auth = AuthServiceStub(channel)
            await until_it_answers(auth)
            answer = await auth.Register(registration())
            assert answer.account.revision == 1
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(process.communicate(), SECONDS)
    assert process.returncode == 0, said
    assert answer.account.email.encode() not in said


async def until_it_answers(auth: AuthServiceStub) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                await auth.GetKeySet(GetKeySetRequest())
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.1)
            else:
                return
