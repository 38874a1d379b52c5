"""Where the services answer gRPC: at unix sockets, or on loopback ports with mutual TLS."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from local.folders import MeshFolders
from local.process_spec import Probe, answers_with

CERTIFICATE_NAMES = ("auth", "habits", "analytics", "notifications", "edge", "operator")


def grpc_target(folders: MeshFolders, ports: Mapping[str, int], name: str) -> str:
    """Return the address of a service, as clients and the service itself are given it."""
    return f"127.0.0.1:{ports[name]}" if ports else f"unix:{_socket(folders, name)}"


def tls_environment(folders: MeshFolders, ports: Mapping[str, int], name: str) -> dict[str, str]:
    """Return the setting of a process's certificate; none for unix sockets."""
    return {"TLS_FOLDER": str(certificates_folder(folders.data) / name)} if ports else {}


def certificates_folder(data: Path) -> Path:
    """Return where a mesh with TLS has its CA and certificates."""
    return data / "certificates"


def certificates_command(folders: MeshFolders) -> list[str]:
    """Return the command that makes the certificates and renews them."""
    folder = str(certificates_folder(folders.data))
    return [sys.executable, "-m", "chassis.certificates", "--hourly", folder, *CERTIFICATE_NAMES]


def certificates_made(folders: MeshFolders) -> Probe:
    """Return a probe: ready when every certificate is there."""

    async def ready() -> bool:
        folder = certificates_folder(folders.data)
        return all((folder / name / "tls.pem").exists() for name in CERTIFICATE_NAMES)

    return ready


def listens(folders: MeshFolders, ports: Mapping[str, int], name: str) -> Probe:
    """Return a probe: ready when somebody listens; whether it is healthy, the edge checks."""

    async def ready() -> bool:
        address = ("127.0.0.1", ports[name]) if ports else str(_socket(folders, name))
        return await answers_with(address, request=b"", expected=b"")

    return ready


def _socket(folders: MeshFolders, name: str) -> Path:
    return folders.run / f"{name}.sock"
