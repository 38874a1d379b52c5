"""Checks the health of a gRPC server: `python -m chassis.rpc.probe HOST:PORT|unix:/path`.

For the health checks of containers, which read an exit code: 0 is healthy, 1 is not. With
`TLS_FOLDER` it uses mutual TLS, as the server does.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from chassis.rpc.credentials import channel_credentials
from chassis.tls_files import tls_files

EXIT_SERVING, EXIT_NOT_SERVING, EXIT_USAGE = 0, 1, 2

_TIMEOUT_SECONDS = 2.0


def probe(target: str) -> str:
    """Return the overall health of the server at a target, e.g. SERVING, or why there is none."""
    with _channel(target) as channel:
        try:
            answer = HealthStub(channel).Check(HealthCheckRequest(), timeout=_TIMEOUT_SECONDS)
        except grpc.RpcError as error:
            return error.code().name
    return str(HealthCheckResponse.ServingStatus.Name(answer.status))


def _channel(target: str) -> grpc.Channel:
    folder = os.environ.get("TLS_FOLDER")
    if folder and not target.startswith("unix:"):
        return grpc.secure_channel(target, channel_credentials(tls_files(Path(folder))))
    return grpc.insecure_channel(target)


def main(arguments: Sequence[str]) -> int:
    """Probe the one target the command line names; return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m chassis.rpc.probe HOST:PORT|unix:/path\n")
        return EXIT_USAGE
    health = probe(arguments[0])
    sys.stdout.write(f"{health}\n")
    return EXIT_SERVING if health == "SERVING" else EXIT_NOT_SERVING


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
