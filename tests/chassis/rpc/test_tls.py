"""Mutual TLS between processes: who is let in, by certificate, name and method."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from google.protobuf import descriptor_pool
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from chassis.certificates import LIFETIME, main, make_certificates, overdue_certificates
from chassis.context import current_context
from chassis.identity import TokenVerifier
from chassis.rpc import secure_channel
from chassis.rpc.channel import connect
from chassis.rpc.credentials import channel_credentials
from chassis.rpc.probe import probe
from chassis.rpc.server import Server
from chassis.settings import SettingsError
from chassis.tls_files import TlsFiles, tls_files
from contracts.auth.v1 import account_pb2, auth_service_pb2
from contracts.auth.v1.auth_service_pb2_grpc import (
    AuthServiceServicer,
    AuthServiceStub,
    add_AuthServiceServicer_to_server,
)
from tests.builders import SigningKey
from tests.chassis.rpc.conftest import Toggle, failure

NAMES = ("auth", "edge", "stranger")
LOGIN = auth_service_pb2.LoginRequest()


class Echo(AuthServiceServicer):
    """Answers Login with the name of the process that called."""

    async def Login(
        self, request: auth_service_pb2.LoginRequest, context: object
    ) -> auth_service_pb2.LoginResponse:
        name = current_context().peer_name
        tokens = account_pb2.TokenPair(access_token=name)
        return auth_service_pb2.LoginResponse(tokens=tokens)


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    assert make_certificates(tmp_path / "tls", NAMES) == list(NAMES)
    return tmp_path / "tls"


def server_of(key: SigningKey, files: TlsFiles | None, **options: str | bool) -> Server:
    server = Server(
        "sample",
        listen=str(options.pop("listen", "127.0.0.1:0")),
        verifier=TokenVerifier(key.jwks_file),
        healthy=Toggle(),
        tls=files,
        **options,  # type: ignore[arg-type]
    )
    server.add(
        add_AuthServiceServicer_to_server,
        Echo(),  # type: ignore[abstract]
        public=("Login",),
    )
    return server


@asynccontextmanager
async def stub(
    port: int, files: TlsFiles | None, host: str = "localhost"
) -> AsyncIterator[AuthServiceStub]:
    async with connect(f"{host}:{port}", auth_service_pb2.DESCRIPTOR, tls=files) as channel:
        yield AuthServiceStub(channel)


async def test_a_process_is_known_by_its_certificate(
    certificates: Path, signing_key: SigningKey
) -> None:
    async with (
        server_of(signing_key, tls_files(certificates / "auth")).running() as server,
        stub(server.port, tls_files(certificates / "edge")) as auth,
    ):
        assert (await auth.Login(LOGIN)).tokens.access_token == "edge"


async def test_a_process_that_may_not_call_the_method_is_refused(
    certificates: Path, signing_key: SigningKey
) -> None:
    async with server_of(signing_key, tls_files(certificates / "auth")).running() as server:
        for name in ("stranger", "auth"):
            async with stub(server.port, tls_files(certificates / name)) as auth:
                error = await failure(auth.Login(LOGIN))
            assert error.code() is grpc.StatusCode.PERMISSION_DENIED
            assert f"{name} may not call /contracts.auth.v1.AuthService/Login" in str(
                error.details()
            )


async def every_method(port: int, files: TlsFiles) -> list[str]:
    """Return the path of each method that the server tells by reflection."""
    pool = descriptor_pool.Default()
    async with grpc.aio.secure_channel(f"localhost:{port}", channel_credentials(files)) as channel:
        call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(
            iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        )
        answer = await anext(aiter(call))
    return [
        f"/{one.name}/{method.name}"
        for one in answer.list_services_response.service
        for method in pool.FindServiceByName(one.name).methods
    ]


@pytest.mark.parametrize("kind", ["plaintext", "no certificate", "foreign CA", "foreign server"])
async def test_no_method_answers_who_is_not_of_the_mesh(
    kind: str, certificates: Path, signing_key: SigningKey, tmp_path: Path
) -> None:
    make_certificates(tmp_path / "foreign", ["edge"])
    foreign, known = tls_files(tmp_path / "foreign/edge"), tls_files(certificates / "edge")
    authority = known.authority.read_bytes()
    certificate, key = foreign.certificate.read_bytes(), foreign.key.read_bytes()
    credentials = {
        "no certificate": grpc.ssl_channel_credentials(authority),
        "foreign CA": grpc.ssl_channel_credentials(authority, key, certificate),
        "foreign server": channel_credentials(foreign),
    }
    async with server_of(signing_key, tls_files(certificates / "auth")).running() as server:
        methods = await every_method(server.port, known)
        assert len(methods) > 5
        target = f"localhost:{server.port}"
        channel = (
            grpc.aio.insecure_channel(target)
            if kind == "plaintext"
            else grpc.aio.secure_channel(target, credentials[kind])
        )
        async with channel:
            for method in methods:
                error = await failure(channel.unary_unary(method)(b"", timeout=5))  # type: ignore[arg-type]
                assert error.code() is grpc.StatusCode.UNAVAILABLE, method


async def test_a_server_of_another_name_is_not_believed(
    certificates: Path, signing_key: SigningKey
) -> None:
    async with server_of(signing_key, tls_files(certificates / "auth")).running() as server:
        credentials = channel_credentials(tls_files(certificates / "edge"))
        for name, refused in (("habits", True), ("auth", False)):
            options = [("grpc.ssl_target_name_override", name)]
            async with grpc.aio.secure_channel(
                f"localhost:{server.port}", credentials, options=options
            ) as channel:
                call = AuthServiceStub(channel).Login(LOGIN, timeout=5)
                if refused:
                    assert (await failure(call)).code() is grpc.StatusCode.UNAVAILABLE
                else:
                    assert (await call).tokens.access_token == "edge"


async def test_new_certificates_are_taken_up_without_a_restart(
    certificates: Path, signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even those of a new CA, which the old certificates could not reach."""
    monkeypatch.setattr(secure_channel, "_LOOK_SECONDS", 0.0)
    async with (
        server_of(signing_key, tls_files(certificates / "auth")).running() as server,
        stub(server.port, tls_files(certificates / "edge")) as auth,
    ):
        await auth.Login(LOGIN)
        for file in (certificates / "ca").iterdir():
            file.unlink()
        make_certificates(certificates, NAMES, renew=True)
        assert (await auth.Login(LOGIN)).tokens.access_token == "edge"


async def test_the_probe_uses_the_certificate_of_the_process(
    certificates: Path, signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with server_of(signing_key, tls_files(certificates / "auth")).running() as server:
        target = f"127.0.0.1:{server.port}"
        assert await asyncio.to_thread(probe, target) == "UNAVAILABLE"
        monkeypatch.setenv("TLS_FOLDER", str(certificates / "auth"))
        assert await asyncio.to_thread(probe, target) == "SERVING"


def test_plaintext_off_loopback_needs_an_explicit_setting_and_warns(
    signing_key: SigningKey, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SettingsError, match="GRPC_PLAINTEXT"):
        server_of(signing_key, None, listen="0.0.0.0:0")
    server_of(signing_key, None, listen="0.0.0.0:0", plaintext=True)
    assert "gRPC is plaintext" in caplog.text


def test_an_overdue_renewal_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [str(tmp_path), "edge", "auth"]
    assert main(["--check", *command]) == 1
    make_certificates(tmp_path, ["edge", "auth"])
    assert main(["--check", *command]) == 0
    late = datetime.now(UTC) + LIFETIME * 2 / 3 + timedelta(hours=12)
    assert overdue_certificates(tmp_path, ["edge"], now=late) == []
    assert overdue_certificates(tmp_path, ["edge"], now=late + timedelta(days=1)) == ["edge"]
    assert make_certificates(tmp_path, ["edge"], now=late) == ["edge"]
    assert capsys.readouterr().out == "overdue: edge, auth\noverdue: none\n"


def test_the_renewal_looks_every_hour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt
        if len(slept) == 2:
            (tmp_path / "edge/tls.pem").unlink()

    monkeypatch.setattr("chassis.certificates.time.sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        main(["--hourly", str(tmp_path), "edge"])
    assert slept == [3600] * 3
    assert capsys.readouterr().out == "new: edge\nnew: none\nnew: edge\n"


def test_certificates_are_renewed_in_time_and_keys_are_private(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "edge"]) == 0
    assert main([str(tmp_path), "edge", "auth"]) == 0
    assert capsys.readouterr().out == "new: edge\nnew: auth\n"
    assert make_certificates(tmp_path, ["late"], lifetime=timedelta(seconds=1)) == ["late"]
    assert make_certificates(tmp_path, ["late", "edge"]) == ["late"]
    for file in tmp_path.rglob("*.key"):
        assert file.stat().st_mode & 0o077 == 0
