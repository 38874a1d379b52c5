"""Who reaches a method at all: a sweep over every method of every service of a running mesh."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import grpc
import pytest
from google.protobuf import descriptor_pool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from chassis.certificates import make_certificates
from chassis.rpc.credentials import channel_credentials
from chassis.rpc.peers import allowed_peers
from chassis.tls_files import TlsFiles, tls_files
from contracts.habits.v1 import check_in_service_pb2 as wire
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.progress_service_pb2 import (
    BatchCheckStateVersionsRequest,
    StateVersionCheck,
    StateVersionResult,
)
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from edge.clients import SERVICE_FILES
from local.grpc_addresses import CERTIFICATE_NAMES
from tests.forgeries import with_the_key
from tests.journeys.grpc_methods import PUBLIC, REFUSED, channel_to, methods_of, reason_of
from tests.journeys.mesh import Mesh
from tests.journeys.test_security import signing_key

pytestmark = pytest.mark.timeout(240)

type Open = Callable[[str, TlsFiles, TlsFiles], grpc.aio.Channel]
"""Opens a channel to an address: with a certificate of the mesh, and one of a foreign CA."""


def reflected(mesh: Mesh, service: str) -> set[str]:
    """Return the methods that a server itself names, by reflection."""
    credentials = channel_credentials(mesh.tls_files_of("operator"))
    with grpc.secure_channel(mesh.targets[service], credentials) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        pool = descriptor_pool.DescriptorPool(database)
        return {
            f"/{name}/{method.name}"
            for name in database.get_services()
            if name.startswith("contracts.")
            for method in pool.FindServiceByName(name).methods
        }


async def test_the_sweeps_below_know_every_method_that_is_served(mesh: Mesh) -> None:
    for service in SERVICE_FILES:
        known = {method for method, _ in methods_of(service)}
        assert await asyncio.to_thread(reflected, mesh, service) == known


def plaintext(target: str, known: TlsFiles, foreign: TlsFiles) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(target)


def no_certificate(target: str, known: TlsFiles, foreign: TlsFiles) -> grpc.aio.Channel:
    authority = known.authority.read_bytes()
    return grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(authority))


def foreign_certificate(target: str, known: TlsFiles, foreign: TlsFiles) -> grpc.aio.Channel:
    certificate, key, _ = foreign.read()
    authority = known.authority.read_bytes()
    credentials = grpc.ssl_channel_credentials(authority, key, certificate)
    return grpc.aio.secure_channel(target, credentials)


def foreign_server(target: str, known: TlsFiles, foreign: TlsFiles) -> grpc.aio.Channel:
    """The server's CA is not the one that this client trusts."""
    return grpc.aio.secure_channel(target, channel_credentials(foreign))


def wrong_server_name(target: str, known: TlsFiles, foreign: TlsFiles) -> grpc.aio.Channel:
    """The client wants another server than the one that has the address."""
    options = [("grpc.ssl_target_name_override", "another-service")]
    return grpc.aio.secure_channel(target, channel_credentials(known), options=options)


@pytest.mark.parametrize(
    "opened", [plaintext, no_certificate, foreign_certificate, foreign_server, wrong_server_name]
)
async def test_no_method_is_reached_from_outside_the_mesh(
    mesh: Mesh, tmp_path: Path, opened: Open
) -> None:
    make_certificates(tmp_path, ["edge"])
    reached, asked = [], 0
    for service in SERVICE_FILES:
        target = mesh.targets[service]
        async with opened(target, mesh.tls_files_of("edge"), tls_files(tmp_path / "edge")) as it:
            for method, streams in methods_of(service):
                asked += 1
                reason = await reason_of(it, method, streams=streams)
                if reason != "UNAVAILABLE":
                    reached.append((method, reason))
    assert reached == []
    assert asked > 60


@pytest.mark.parametrize("peer", CERTIFICATE_NAMES)
async def test_a_process_reaches_the_methods_that_are_listed_for_it(mesh: Mesh, peer: str) -> None:
    """With a true certificate of the mesh, and no token."""
    wrong = []
    for service in SERVICE_FILES:
        async with channel_to(mesh, service, peer) as channel:
            for method, streams in methods_of(service):
                reason = await reason_of(channel, method, streams=streams)
                is_refused = reason == "PEER_NOT_ALLOWED"
                if is_refused == (peer in allowed_peers(method)):
                    wrong.append((method, reason))
    assert wrong == []


async def test_no_method_is_open_without_a_token(mesh: Mesh) -> None:
    """Every method that needs a caller: no token, a forged one, and one for another audience."""
    private, key_id = signing_key(mesh)
    forged = dict(with_the_key(private, key_id))
    tokens = ("", "a.b.c", forged["aud 'another-service'"])
    opened, asked = [], 0
    for service in SERVICE_FILES:
        for method, streams in methods_of(service, public=False):
            peer = min(allowed_peers(method))
            async with channel_to(mesh, service, peer) as channel:
                for token in tokens:
                    asked += 1
                    reason = await reason_of(channel, method, token, streams=streams)
                    if reason not in REFUSED:
                        opened.append((method, token, reason))
    assert opened == []
    assert asked > 150


async def test_a_batch_asks_for_the_token_of_each_change(mesh: Mesh) -> None:
    """One of two methods without a caller of their own that are not for signing in."""
    assert "BatchWriteCheckIns" in PUBLIC
    request = wire.BatchWriteCheckInsRequest()
    for token in ("", "a.b.c"):
        change = request.changes.add(access_token=token, habit_id=str(uuid4()))
        change.clear.SetInParent()
    async with channel_to(mesh, "habits") as channel:
        response = await CheckInServiceStub(channel).BatchWriteCheckIns(request)
    reasons = [result.refusal.reason for result in response.results]
    assert len(reasons) == 2
    assert set(reasons) <= REFUSED


async def test_a_batch_of_checks_tells_no_version_without_a_token(mesh: Mesh) -> None:
    """The other one: a version would say whether somebody has changed anything."""
    assert "BatchCheckStateVersions" in PUBLIC
    request = BatchCheckStateVersionsRequest(
        checks=[StateVersionCheck(access_token=token) for token in ("", "a.b.c")]
    )
    async with channel_to(mesh, "habits") as channel:
        response = await ProgressServiceStub(channel).BatchCheckStateVersions(request)
    assert list(response.results) == [StateVersionResult()] * 2
