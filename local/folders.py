"""The folders of a mesh: data that survives restarts, a cache, sockets, logs."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PRODUCT = "habit-tracker"
DATA_FILE = "data-folder"  # in the folder of sockets: the data folder that it belongs to


def cache_folder() -> Path:
    """Return the folder for what can be fetched again, such as unpacked packages."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / PRODUCT


def data_folder() -> Path:
    """Return the default data folder; `--data` overrides it."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / PRODUCT


@dataclass(frozen=True, slots=True)
class MeshFolders:
    """The folders of one mesh.

    Attributes:
        data: Survives restarts.
        run: Sockets; short, because a unix socket's path may have at most 104 bytes.
        logs: One file per process.
        cache: Shared by every mesh of this user.
        durable: Whether a committed transaction must survive a power cut. Tests say no.
    """

    data: Path
    run: Path
    logs: Path
    cache: Path
    durable: bool = True


def create_folders(data: Path, *, durable: bool = True) -> MeshFolders:
    """Make the folders of a mesh that lives in `data`, private to this user."""
    data = data.expanduser().resolve()
    folders = MeshFolders(
        data=data, run=_run_folder(data), logs=data / "logs", cache=cache_folder(), durable=durable
    )
    folders.cache.mkdir(parents=True, exist_ok=True)
    for private in (folders.data, folders.logs):
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folders.run / DATA_FILE).write_text(str(data))
    return folders


def known_data_folders() -> list[Path]:
    """Return the data folders whose folder of sockets is still there; a mesh may run on each."""
    roots = {Path(tempfile.gettempdir()), Path("/tmp")}  # noqa: S108  only files of this user
    found = set()
    for file in (one for root in roots for one in root.glob(f"habits-{os.getuid()}-*/{DATA_FILE}")):
        with contextlib.suppress(OSError):
            if file.stat().st_uid == os.getuid():
                found.add(Path(file.read_text()))
    return sorted(found)


def _run_folder(data: Path) -> Path:
    """Return the same short folder for the same data, so that a crash leaves no pile of them."""
    name = f"habits-{os.getuid()}-{hashlib.sha256(str(data).encode()).hexdigest()[:8]}"
    folder = Path(tempfile.gettempdir()) / name
    if len(str(folder)) > len("/tmp/") + len(name) + 40:  # noqa: S108  a macOS folder is long
        folder = Path("/tmp") / name  # noqa: S108  private by its mode, checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return Path(tempfile.mkdtemp(prefix="habits-"))  # somebody else was there first
    folder.chmod(0o700)  # who can enter may call every service
    return folder
