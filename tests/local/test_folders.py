"""The folders of a mesh are private to the user who runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

from local.folders import create_folders


def test_nobody_else_can_reach_the_sockets_of_a_mesh(tmp_path: Path) -> None:
    """Over unix sockets the folder's mode is what decides who may call a service at all."""
    folders = create_folders(tmp_path / "data")
    try:
        folders.run.chmod(0o755)  # as another program, or an older version, may have left it
        again = create_folders(tmp_path / "data")
        assert again.run == folders.run
        for folder in (again.run, again.data, again.logs):
            assert folder.stat().st_mode & 0o777 == 0o700, folder
    finally:
        shutil.rmtree(folders.run)
