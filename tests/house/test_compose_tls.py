"""In containers gRPC is mutual TLS: the certificates are made, mounted and renewed."""

from pathlib import Path

import pytest

from chassis.certificates import main as certificates_command
from tests.house.compose import (
    BASE,
    CERTIFICATES,
    DOCKERFILE,
    PROCESSES,
    PRODUCTION,
    SERVICES,
    environment,
    process_of,
    speaks_grpc,
    volumes_of,
)


def test_grpc_between_containers_is_mutual_tls() -> None:
    """Each process has its own certificate, and no other; the CA's key is with none of them."""
    speakers = [name for name in PROCESSES if speaks_grpc(name)]
    assert {"auth", "habits", "analytics", "notifications-bot", "edge"} < set(speakers)
    for name in PROCESSES:
        own = process_of(name)[0].removeprefix("services.")
        mounted = {path: it for path, it in volumes_of(name).items() if it.startswith("tls-")}
        assert mounted == ({"/tls": f"tls-{own}:ro"} if name in speakers else {}), name
        assert environment(name, {}).get("TLS_FOLDER") == ("/tls" if name in speakers else None)
        if name in speakers:
            assert {"certificates", "auth", "habits"} & set(SERVICES[name]["depends_on"]), name
    assert "GRPC_PLAINTEXT" not in BASE.read_text() + PRODUCTION.read_text()


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificates_are_made_where_they_are_mounted(name: str, tmp_path: Path) -> None:
    """The very command makes them, in a folder of this test; a container in the image's folders."""
    service = SERVICES[name]
    made = {path.removeprefix("/certificates/") for path in volumes_of(name)}
    assert set(volumes_of(name).values()) == {f"tls-{it}" for it in made}
    python, dash_m, module, *words = service["command"]
    assert (python, dash_m, module) == ("python", "-m", "chassis.certificates")
    names = [str(tmp_path) if it == "/certificates" else it for it in words if it != "--hourly"]
    assert certificates_command(names) == 0
    assert {it.name for it in tmp_path.iterdir()} == made
    for folder in made:
        assert f"/certificates/{folder}" in DOCKERFILE
    if name == "certificates-renewal":
        check = service["healthcheck"]["test"]
        assert check == [
            "CMD",
            *(it if it != "--hourly" else "--check" for it in service["command"]),
        ]
    hosts = {process_of(it)[0].removeprefix("services.") for it in PROCESSES if speaks_grpc(it)}
    assert hosts == made - {"ca"}
