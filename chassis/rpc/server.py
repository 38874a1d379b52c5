"""The gRPC server of a service: wrapped methods, health, reflection, graceful shutdown.

server = Server.from_settings("habits", settings, verifier=verifier, healthy=database.healthy)
server.add(add_HabitServiceServicer_to_server, HabitServicer(...))
await server.run(stop)
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.protobuf import descriptor_pool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from chassis.identity import TokenVerifier
from chassis.rpc import deadline
from chassis.rpc.credentials import is_local, server_credentials
from chassis.rpc.decoding import refusing_decoder
from chassis.rpc.health import HealthServicer
from chassis.rpc.interceptors import MethodPolicy, wrap_stream, wrap_unary
from chassis.rpc.peers import allowed_peers
from chassis.settings import ServiceSettings, SettingsError
from chassis.tls_files import TlsFiles
from contracts.access.v1.scope_pb2 import required_scope

type MethodHandler = grpc.RpcMethodHandler[Any, Any]
type Methods = dict[str, MethodHandler]
type Register[S] = Callable[[S, grpc.aio.Server], None]

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""The size limit of one request or response, for servers and channels."""
GRACE_SECONDS = 10.0
"""How long calls in flight may take to finish once the server stops."""

_MAX_CALLS = 2_000
_OPTIONS = (
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
)
_log = logging.getLogger(__name__)


class Server:
    """Serves one process's gRPC services.

    Args:
        name: The service: its refusals come from `NAME.mesh`.
        listen: `host:port` (port 0 takes a free one), or `unix:/path`.
        verifier: Turns access tokens into callers.
        healthy: Returns whether the service can work; health checks ask it each time.
        tls: The files of mutual TLS, which is used on TCP; None for plaintext.
        plaintext: Allows plaintext on an address that other machines reach.
        shows_contract: Whether clients may ask by reflection which methods there are.

    Raises:
        SettingsError: Other machines reach the address, and there is neither TLS nor `plaintext`.
    """

    def __init__(
        self,
        name: str,
        *,
        listen: str,
        verifier: TokenVerifier,
        healthy: Callable[[], Awaitable[bool]],
        tls: TlsFiles | None = None,
        plaintext: bool = False,
        shows_contract: bool = True,
    ) -> None:
        if tls is None and not is_local(listen):
            if not plaintext:
                raise SettingsError(
                    f"GRPC_LISTEN is {listen}, which other machines reach, without TLS. Set "
                    "TLS_FOLDER, or GRPC_PLAINTEXT=true where only the mesh reaches that network."
                )
            _log.warning("gRPC is plaintext and other machines reach it", extra={"listen": listen})
        self._tls = None if listen.startswith("unix:") else tls
        self._domain = f"{name}.mesh"
        self._listen = listen
        self._verifier = verifier
        self._healthy = healthy
        self._shows_contract = shows_contract
        self._services: dict[str, Methods] = {}
        self.port = 0
        """The port the server listens on, once it runs."""

    @classmethod
    def from_settings(
        cls,
        name: str,
        settings: ServiceSettings,
        *,
        verifier: TokenVerifier,
        healthy: Callable[[], Awaitable[bool]],
    ) -> "Server":
        """Return a server as the settings say; in production it shows no contract."""
        return cls(
            name,
            listen=settings.grpc_listen,
            verifier=verifier,
            healthy=healthy,
            tls=settings.tls_files,
            plaintext=settings.grpc_plaintext,
            shows_contract=not settings.production,
        )

    def add[S](self, register: Register[S], servicer: S, *, public: Collection[str] = ()) -> None:
        """Serve a servicer.

        Args:
            register: The function generated for the service.
            servicer: Its implementation.
            public: The rpcs that need no access token, as `("Register", "Login")`.

        Raises:
            ValueError: A public rpc does not exist.
            PeersUnknown: `chassis/rpc/peers.py` does not say which processes may call an rpc.
        """
        registrar = _Registrar()
        register(servicer, registrar)  # type: ignore[arg-type]  # it takes what a server would
        for service, methods in registrar.services.items():
            unknown = set(public) - set(methods)
            if unknown:
                raise ValueError(f"{service} has no rpc {', '.join(sorted(unknown))}.")
            self._services[service] = {
                method: self._wrapped(f"/{service}/{method}", handler, public=method in public)
                for method, handler in methods.items()
            }

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Server"]:
        """Serve inside the block; at its end, let calls in flight finish and refuse new ones."""
        server = grpc.aio.server(options=_OPTIONS, maximum_concurrent_rpcs=_MAX_CALLS)
        for service, methods in self._services.items():
            server.add_generic_rpc_handlers(
                (grpc.method_handlers_generic_handler(service, methods),)
            )
            server.add_registered_method_handlers(service, methods)
        health = HealthServicer(self._healthy, list(self._services))
        health_pb2_grpc.add_HealthServicer_to_server(health, server)
        if self._shows_contract:
            health_name = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
            reflection.enable_server_reflection([*self._services, health_name], server)
        if self._tls:
            self.port = server.add_secure_port(self._listen, server_credentials(self._tls))
        else:
            self.port = server.add_insecure_port(self._listen)
        await server.start()
        _log.info("serving", extra={"listen": self._listen, "port": self.port})
        try:
            async with self._verifier.following_revocations(), health.running():
                yield self
        finally:
            await server.stop(GRACE_SECONDS)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set."""
        async with self.running():
            await stop.wait()

    def _wrapped(self, method: str, handler: MethodHandler, *, public: bool) -> MethodHandler:
        if handler.request_streaming:
            raise TypeError(f"{method}: a stream of requests is not served here.")
        streams = handler.response_streaming
        policy = MethodPolicy(
            method=method,
            domain=self._domain,
            verifier=None if public else self._verifier,
            seconds=deadline.STREAM_SECONDS if streams else deadline.DEFAULT_SECONDS,
            scope=_required_scope(method),
            peers=allowed_peers(method),
            authenticates_peer=self._tls is not None,
        )
        codec = {
            "request_deserializer": refusing_decoder(handler.request_deserializer),
            "response_serializer": handler.response_serializer,
        }
        inner: Any = handler.unary_stream if streams else handler.unary_unary
        if streams:
            return grpc.unary_stream_rpc_method_handler(wrap_stream(inner, policy), **codec)
        return grpc.unary_unary_rpc_method_handler(wrap_unary(inner, policy), **codec)


def _required_scope(method: str) -> str:
    """Return the scope that the method's proto names, or an empty one."""
    _, service, name = method.split("/")
    descriptor = descriptor_pool.Default().FindServiceByName(service).methods_by_name[name]
    scope: str = descriptor.GetOptions().Extensions[required_scope]
    return scope


class _Registrar:
    """Takes the place of the server that generated code registers methods with, to collect them."""

    def __init__(self) -> None:
        self.services: dict[str, Methods] = {}

    def add_generic_rpc_handlers(self, _: object) -> None:
        """Ignore these: the same methods are registered by name as well."""

    def add_registered_method_handlers(self, service: str, methods: Methods) -> None:
        self.services[service] = methods
