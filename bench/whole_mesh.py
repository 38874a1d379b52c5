"""The mesh that `./habits up` starts, with every event handler running, as something to measure."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg

from bench.harness import ROOT, free_port
from bench.population import Mesh
from bench.processes import cpu_while
from chassis.caller import Caller
from chassis.clock import now
from local.forking import environment_of
from local.mesh import Options, running_mesh
from local.status_file import MeshStatus
from services.auth.domain.keys import SigningKey

IDLE_SECONDS = 4.0
LAG = """
    SELECT array_append(percentile_cont(ARRAY[0.5, 0.95, 0.99, 1]) WITHIN GROUP (
        ORDER BY 1000 * extract(epoch FROM stored.hear_time - done.update_time)::float8),
        count(*) FILTER (WHERE stored.hear_time IS NULL)::float8)
    FROM habits.days AS done
    LEFT JOIN analytics.days AS stored ON stored.habit_id = done.habit_id
        AND stored.day = done.day AND stored.revision >= done.revision
    WHERE done.update_time >= $1"""
LAG_NAMES = ("analytics_p50", "analytics_p95", "analytics_p99", "analytics_max", "not_stored")


@dataclass(frozen=True)
class WholeMesh:
    """A running mesh.

    Attributes:
        mesh: Where a population lives in it.
        processes: The ids of its processes by name.
        addresses: Of the API and of the stand-in for Telegram.
        idle: The CPU seconds each process uses a second when nothing is asked.
    """

    mesh: Mesh
    processes: Mapping[str, int]
    addresses: Mapping[str, str]
    idle: Mapping[str, float]

    async def lag_since(self, began: datetime) -> dict[str, float]:
        """Return how many ms after check-ins since a moment analytics had stored them.

        And, as `not_stored`, how many it has not.
        """
        connection = await asyncpg.connect(self.mesh.database_url)
        try:
            lags = await connection.fetchval(LAG, began, timeout=None)
        finally:
            await connection.close()
        return {name: lag or 0.0 for name, lag in zip(LAG_NAMES, lags, strict=True)}


@contextlib.asynccontextmanager
async def whole_mesh() -> AsyncIterator[WholeMesh]:
    """Run a durable mesh in a new folder."""
    os.environ |= {"BCRYPT_COST": "4", "WRITES_PER_SECOND": "0", "LOG_LEVEL": "WARNING"}
    os.environ["EXPENSIVE_READS_BURST"] = "0"
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="habits-bench-mesh-") as folder:
        data = Path(folder) / "data"
        options = Options(data=data, port=port)
        async with running_mesh(
            options, lambda line: print(f"  {line}", file=sys.stderr)
        ) as status:
            key = SigningKey.from_pem((data / "keys/signing.pem").read_bytes())
            processes = {child["name"]: child["pid"] for child in status.children}
            _, used = await cpu_while(processes, asyncio.sleep(IDLE_SECONDS))
            yield WholeMesh(
                Mesh(
                    port,
                    _environment_of(status, "habits")["DATABASE_URL"],
                    lambda owner_id: _token(key, owner_id),
                    lambda owner_id: _rebuild(status, owner_id),
                ),
                processes,
                status.addresses,
                {name: seconds / IDLE_SECONDS for name, seconds in used.items()},
            )


def _token(key: SigningKey, owner_id: uuid.UUID) -> str:
    """Return an access token as auth would issue it, good for the length of a measurement."""
    expire_time = now() + timedelta(hours=6)
    caller = Caller(id=owner_id, session_id=uuid.uuid4(), expire_time=expire_time)
    return key.sign(caller.to_claims(issue_time=now()))


def _rebuild(status: MeshStatus, owner_id: uuid.UUID) -> None:
    """Have habits and then analytics count a person's days anew, as an operator would."""
    for service in ("habits", "analytics"):
        subprocess.run(
            [sys.executable, "-m", f"services.{service}", "rebuild", "--owner", str(owner_id)],
            cwd=ROOT,
            env=_environment_of(status, service),
            capture_output=True,
            check=True,
        )


def _environment_of(status: MeshStatus, name: str) -> dict[str, str]:
    """Return the environment of a process of a mesh."""
    return environment_of(next(it["pid"] for it in status.children if it["name"] == name))
