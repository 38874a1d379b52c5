"""`./habits status` and `down` where no mesh runs on the folder, but one does on another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.folders import MeshFolders, create_folders
from local.status_file import MeshStatus, locked_data_folder, write_status
from tests.local.terminal import run


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[MeshFolders]:
    """The folders of a mesh, with the lock and the status file of one that runs."""
    made = create_folders(tmp_path / "theirs")
    write_status(made.data, MeshStatus(supervisor=os.getpid()))
    yield made
    shutil.rmtree(made.run)


@pytest.mark.parametrize("command", ["status", "down"])
def test_the_folder_on_which_a_mesh_runs_is_named(
    command: str, folders: MeshFolders, tmp_path: Path
) -> None:
    with locked_data_folder(folders.data):
        code, output = run(command, "--data", str(tmp_path / "mine"))
    assert code == 1
    assert f"No mesh runs on {tmp_path / 'mine'}. One runs on another folder" in output
    assert f"--data {folders.data}" in output
    assert not (tmp_path / "mine").exists()


def test_a_folder_whose_mesh_is_gone_is_not_named(folders: MeshFolders, tmp_path: Path) -> None:
    _, output = run("status", "--data", str(tmp_path / "mine"))
    assert str(folders.data) not in output
