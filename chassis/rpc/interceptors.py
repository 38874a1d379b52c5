"""Server interceptors, around every method: trace, deadline, authentication, refusals.

They are wrapped around each method once, when it is registered: a chain of gRPC's own interceptors,
set up for each call, would cost more than many a servicer does.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc

from chassis import context as request_context
from chassis import telemetry, tracing
from chassis.context import RequestContext
from chassis.errors import Refusal, Unavailable
from chassis.identity import TokenVerifier
from chassis.rpc import deadline, status
from chassis.rpc.credentials import PeerNotAllowed, peer_name
from chassis.rpc.decoding import RefusedRequest
from chassis.rpc.metadata import from_metadata

type Context = grpc.aio.ServicerContext[Any, Any]
type Unary = Callable[[Any, Context], Awaitable[Any]]
type Stream = Callable[[Any, Context], AsyncIterator[Any]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MethodPolicy:
    """What one method requires of a call: the process, a verified token or none, a deadline."""

    method: str
    """Full name, as `/contracts.habits.v1.HabitService/GetHabit`."""
    domain: str
    """The service, as its refusals name it: `habits.mesh`."""
    verifier: TokenVerifier | None
    """Turns the token into a caller; None for a method that anybody may call."""
    seconds: float
    """Timeout of a call whose caller set no deadline."""
    peers: frozenset[str]
    """The processes that may call the method over mutual TLS."""
    scope: str = ""
    """What a restricted access token needs; empty refuses every restricted one."""
    authenticates_peer: bool = False
    """Whether calls come over mutual TLS, so that the caller's certificate names it."""

    def authenticate(self, context: Context) -> RequestContext:
        """Read a call's metadata, verify its token, and set the context of the request.

        Raises:
            DeadlineTooShort: Hardly any time is left.
            Unauthenticated: The method needs a caller and the token gives none.
            PeerNotAllowed: The certificate of the calling process is of none that may call it.
            AccessScopeMissing: The token is restricted to scopes without that of the method.
        """
        request_id, traceparent, token = from_metadata(context.invocation_metadata())
        # Set at once, so that a refusal below is logged with its request id.
        request_context.set_context(RequestContext(request_id, traceparent, token))
        end = deadline.begin(context.time_remaining(), self.seconds)
        peer = peer_name(context) if self.authenticates_peer else ""
        if self.authenticates_peer and peer not in self.peers:
            raise PeerNotAllowed(peer, self.method)
        caller = self.verifier.authorize(token, self.scope) if self.verifier else None
        authenticated = RequestContext(request_id, traceparent, token, caller, end, peer)
        request_context.set_context(authenticated)
        return authenticated


def wrap_unary(inner: Unary, policy: MethodPolicy) -> Unary:
    """Wrap a unary method."""
    finished = telemetry.rpc_served(policy.method)

    async def wrapped(request: Any, context: Context) -> Any:
        started = time.perf_counter()
        code = grpc.StatusCode.OK
        try:
            policy.authenticate(context)
            _require_readable(request)
            with tracing.span(policy.method, "server"):
                if context.time_remaining() is not None:  # gRPC itself ends the call in time
                    return await inner(request, context)
                async with asyncio.timeout(policy.seconds):
                    return await inner(request, context)
        except Exception as error:
            code = await _abort_with(error, context, policy)
        except asyncio.CancelledError:
            code = grpc.StatusCode.CANCELLED
            raise
        finally:
            finished(code, time.perf_counter() - started)

    return wrapped


def wrap_stream(inner: Stream, policy: MethodPolicy) -> Stream:
    """Wrap a server-streaming method."""
    finished = telemetry.rpc_served(policy.method)

    async def wrapped(request: Any, context: Context) -> AsyncIterator[Any]:
        started = time.perf_counter()
        code = grpc.StatusCode.OK
        try:
            authenticated = policy.authenticate(context)
            _require_readable(request)
            with tracing.span(policy.method, "server"):
                async with asyncio.timeout(authenticated.seconds_left()):
                    async for response in inner(request, context):
                        yield response
        except Exception as error:
            code = await _abort_with(error, context, policy)
        except asyncio.CancelledError:
            code = grpc.StatusCode.CANCELLED
            raise
        finally:
            finished(code, time.perf_counter() - started)

    return wrapped


def _require_readable(request: Any) -> None:
    """Raise the refusal of a request that could not be decoded."""
    if isinstance(request, RefusedRequest):
        raise request.refusal


async def _abort_with(error: Exception, context: Context, policy: MethodPolicy) -> grpc.StatusCode:
    """End the call with the status that the error stands for; return the status code.

    gRPC ends a call by raising out of `abort`, so this is the one place that swallows that.
    """
    match error:
        case grpc.aio.AbortError():  # the call was ended already
            return context.code() or grpc.StatusCode.UNKNOWN
        case Refusal():
            code = status.code_of(error)
            ending = status.abort(context, error, policy.domain)
        case deadline.DeadlineTooShort() | TimeoutError():
            code = grpc.StatusCode.DEADLINE_EXCEEDED
            ending = context.abort(code, "The time for this call is over.")
        case Unavailable():
            _log.warning("unavailable", extra={"method": policy.method, "cause": str(error)})
            code = grpc.StatusCode.UNAVAILABLE
            ending = context.abort(code, "A part this call needs does not answer. Try again.")
        case _:
            _log.error("internal error", exc_info=error, extra={"method": policy.method})
            code = grpc.StatusCode.INTERNAL
            ending = context.abort(code, "internal error")
    with contextlib.suppress(grpc.aio.AbortError):
        await ending
    return code
