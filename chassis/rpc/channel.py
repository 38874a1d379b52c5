"""Client channels to other services: they pass the token on, set deadlines, and retry.

    channel = connect(settings.habits_target, habit_service_pb2.DESCRIPTOR)
    habits = HabitServiceStub(channel)

Every call of the stub gets its metadata and its timeout from the current `RequestContext`. Which
rpcs are retried is read from their `idempotency_level`.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

import grpc
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from chassis.context import current_context
from chassis.rpc import deadline
from chassis.rpc.metadata import Metadata, to_metadata
from chassis.rpc.secure_channel import SecureChannel
from chassis.rpc.server import MAX_MESSAGE_BYTES
from chassis.tls_files import TlsFiles

_SAFE_TO_REPEAT = (MethodOptions.NO_SIDE_EFFECTS, MethodOptions.IDEMPOTENT)
_RETRY_POLICY = {
    "maxAttempts": 5,
    "initialBackoff": "0.05s",
    "maxBackoff": "0.5s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}
_OPTIONS = (
    ("grpc.initial_reconnect_backoff_ms", 50),
    # Despite its name, how long an attempt to connect may take: a busy machine needs its time.
    ("grpc.min_reconnect_backoff_ms", 2_000),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.enable_retries", 1),
    # Each channel its own connection, so that closing one never touches another.
    ("grpc.use_local_subchannel_pool", 1),
)


def connect(target: str, *files: FileDescriptor, tls: TlsFiles | None = None) -> grpc.aio.Channel:
    """Open a channel to a service. Nothing is sent before the first call.

    Args:
        target: `host:port`, or `unix:/path`.
        files: Descriptors of the service protos, as `habit_service_pb2.DESCRIPTOR`.
        tls: The files of mutual TLS, which is used on TCP; None for plaintext.

    Returns:
        A channel for stubs of unary and server-streaming rpcs. The caller closes it.
    """
    options = (*_OPTIONS, ("grpc.service_config", service_config(files)))
    if tls and not target.startswith("unix:"):
        return cast("grpc.aio.Channel", SecureChannel(target, options, tls, _with_context))
    inner = grpc.aio.insecure_channel(target, options=options)
    return cast("grpc.aio.Channel", _Channel(inner))


def service_config(files: Sequence[FileDescriptor]) -> str:
    """Return gRPC's service config, as JSON: which rpcs are retried when UNAVAILABLE."""
    names = [
        {"service": service.full_name, "method": method.name}
        for file in files
        for service in file.services_by_name.values()
        for method in service.methods
        if method.GetOptions().idempotency_level in _SAFE_TO_REPEAT
    ]
    methods = [{"name": names, "retryPolicy": _RETRY_POLICY}] if names else []
    return json.dumps({"methodConfig": methods})


class _Channel:
    """A channel whose calls use the current context. Wrapped once per stub, not per call."""

    def __init__(self, inner: grpc.aio.Channel) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __aenter__(self) -> "_Channel":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._inner.close()

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        call = self._inner.unary_unary(method, *args, **kwargs)
        return _with_context(call, deadline.DEFAULT_SECONDS)

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        call = self._inner.unary_stream(method, *args, **kwargs)
        return _with_context(call, deadline.STREAM_SECONDS)


def _with_context(call: Any, default_seconds: float) -> Callable[..., Any]:
    """Return a call that takes its metadata and its timeout from the current context."""

    def wrapped(
        request: Any, *, timeout: float | None = None, metadata: Metadata = (), **options: Any
    ) -> Any:
        return call(
            request,
            timeout=deadline.timeout_for_call(timeout, default_seconds),
            metadata=to_metadata(current_context()) + tuple(metadata),
            **options,
        )

    return wrapped
