"""The distribution's own packages, downloaded and unpacked into a folder, without root."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from local.errors import ServerMissing

APT = """
Dir::State "{here}"; Dir::State::lists "{here}/lists"; Dir::State::status "{here}/status";
Dir::Cache "{here}"; Dir::Cache::archives "{here}/archives";
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Debug::NoLocking "1"; APT::Sandbox::User ""; APT::Install-Recommends "0";
Acquire::Languages "none"; Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "3";
"""
STEP_SECONDS = 300


def unpack(into: Path, *packages: str) -> Path:
    """Return a root folder with `packages` and all they need that this machine lacks.

    The machine's own package lists and database are only read. A second call finds what the first
    one made, or waits for it; an interrupted one leaves nothing that would be taken for whole.

    Raises:
        ServerMissing: There is no apt here, or it cannot get the packages.
    """
    complete = into / "root"
    into.mkdir(parents=True, exist_ok=True)
    with (into / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # somebody may be fetching them already
        if not complete.exists():
            _unpack(into, complete, packages)
    return complete


def _unpack(into: Path, complete: Path, packages: tuple[str, ...]) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise ServerMissing(f"This machine has no apt to fetch {' and '.join(packages)} with.")
    draft = into.with_name(f"{into.name}.{os.getpid()}")
    try:
        _fetch(draft, packages)
        for package in sorted((draft / "archives").glob("*.deb")):
            _run(["dpkg-deb", "-x", str(package), str(draft / "root")], {})
        _fix_erlang_path(draft / "root", complete)
        (draft / "root").rename(complete)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fetch(draft: Path, packages: tuple[str, ...]) -> None:
    for folder in ("lists/partial", "archives/partial", "root"):
        (draft / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy("/var/lib/dpkg/status", draft / "status")
    configuration = draft / "apt.conf"
    configuration.write_text(APT.format(here=draft))
    apt = {"APT_CONFIG": str(configuration), "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "-qq", "update"], apt)
    _run(["apt-get", "-qq", "-y", "--download-only", "install", *packages], apt)


def _fix_erlang_path(draft: Path, final: Path) -> None:
    """Write the new root folder into Erlang's start script, where Debian wrote its own."""
    script = draft / "usr/lib/erlang/bin/erl"
    if script.exists():
        home = "ROOTDIR=/usr/lib/erlang"
        script.write_text(script.read_text().replace(home, f"ROOTDIR={final}/usr/lib/erlang"))


def _run(command: list[str], extra: dict[str, str]) -> None:
    complete = subprocess.run(
        command,
        env=os.environ | extra,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
    )
    if complete.returncode:
        why = (complete.stderr or complete.stdout).strip().splitlines()
        raise ServerMissing(f"{command[0]} failed: {why[-1] if why else 'no reason given'}")
