"""Starting a child process never waits for gRPC's threads."""

import subprocess
import sys

import pytest

PROCESSES = [
    "edge.__main__",
    "scheduler.__main__",
    "services.analytics.__main__",
    "services.auth.__main__",
    "services.habits.__main__",
    "services.notifications.__main__",
]
IMPORT = """
import importlib, os, sys
class Watch:
    def find_spec(name, path=None, target=None):
        if name == "grpc":
            print(os.environ.get("GRPC_ENABLE_FORK_SUPPORT"))
sys.meta_path.insert(0, Watch)
importlib.import_module(sys.argv[1])
import grpc
"""
START_CHILDREN = """
import asyncio, os, sys
import chassis, grpc, uvloop
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio

async def ask(target):
    request = health_pb2.HealthCheckRequest()
    async with grpc.aio.insecure_channel(target) as channel:
        while True:
            await health_pb2_grpc.HealthStub(channel).Check(request, timeout=5)

async def main():
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(aio.HealthServicer(), server)
    target = f"localhost:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    asking = [asyncio.create_task(ask(target)) for _ in range(4)]
    for _ in range(40):
        await asyncio.sleep(0.01)
        await (await asyncio.create_subprocess_exec("true")).wait()
    print("done", flush=True)
    os._exit(0)

with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main())
"""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


@pytest.mark.parametrize("module", PROCESSES)
def test_forks_are_settled_before_grpc_is_imported(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRPC_ENABLE_FORK_SUPPORT", raising=False)
    assert run(IMPORT, module).stdout.split()[0] == "false"


def test_a_busy_service_starts_children_without_handlers_of_forks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GRPC_ENABLE_FORK_SUPPORT", raising=False)
    ran = run(START_CHILDREN)
    assert ran.stdout == "done\n"
    assert "fork" not in ran.stderr
