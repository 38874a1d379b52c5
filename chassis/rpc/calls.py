"""What every call goes through before and after its servicer: trace, deadline, identity, refusals.

The layers are wrapped around each method once, when it is registered, and not looked up again for
every call: a chain of gRPC interceptors would cost more than many a servicer does.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc

from chassis import context as work_context
from chassis import telemetry, tracing
from chassis.context import Work
from chassis.errors import Refusal, Unavailable
from chassis.identity import Verifier
from chassis.rpc import deadline, status
from chassis.rpc.metadata import from_metadata

type Context = grpc.aio.ServicerContext[Any, Any]
type Unary = Callable[[Any, Context], Awaitable[Any]]
type Stream = Callable[[Any, Context], AsyncIterator[Any]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gate:
    """What one method asks of its callers."""

    method: str
    """Full name, as `/contracts.habits.v1.HabitService/GetHabit`."""
    domain: str
    """The service, as its refusals name it: `habits.mesh`."""
    verifier: Verifier | None
    """Turns the token into a caller; None for a method that anybody may call."""
    seconds: float
    """Deadline of a call whose caller named none."""

    def admit(self, context: Context) -> Work:
        """Read a call's metadata into the work to be done.

        Raises:
            TooLate: Hardly any time is left.
            Unauthenticated: The method needs a caller and the token names none.
        """
        request_id, traceparent, token = from_metadata(context.invocation_metadata())
        # Entered at once, so that a refusal below is logged with its request id.
        work_context.enter(Work(request_id, traceparent, token))
        ends = deadline.begin(context.time_remaining(), self.seconds)
        caller = self.verifier.verify(token) if self.verifier else None
        work = Work(request_id, traceparent, token, caller, ends)
        work_context.enter(work)
        return work


def guard_unary(inner: Unary, gate: Gate) -> Unary:
    """Wrap a method that answers once."""
    finished = telemetry.rpc_served(gate.method)

    async def guarded(request: Any, context: Context) -> Any:
        started = time.perf_counter()
        code = grpc.StatusCode.OK
        try:
            gate.admit(context)
            with tracing.span(gate.method, "server"):
                if context.time_remaining() is not None:  # gRPC itself ends the call in time
                    return await inner(request, context)
                async with asyncio.timeout(gate.seconds):
                    return await inner(request, context)
        except Exception as error:
            code = await _answer(error, context, gate)
        except asyncio.CancelledError:
            code = grpc.StatusCode.CANCELLED
            raise
        finally:
            finished(code, time.perf_counter() - started)

    return guarded


def guard_stream(inner: Stream, gate: Gate) -> Stream:
    """Wrap a method that answers with a stream."""
    finished = telemetry.rpc_served(gate.method)

    async def guarded(request: Any, context: Context) -> AsyncIterator[Any]:
        started = time.perf_counter()
        code = grpc.StatusCode.OK
        try:
            work = gate.admit(context)
            with tracing.span(gate.method, "server"):
                async with asyncio.timeout(work.seconds_left()):
                    async for response in inner(request, context):
                        yield response
        except Exception as error:
            code = await _answer(error, context, gate)
        except asyncio.CancelledError:
            code = grpc.StatusCode.CANCELLED
            raise
        finally:
            finished(code, time.perf_counter() - started)

    return guarded


async def _answer(error: Exception, context: Context, gate: Gate) -> grpc.StatusCode:
    """End the call with what the error means to its caller; return the code it ended with.

    gRPC ends a call by raising out of `abort`, so this is the one place that swallows that.
    """
    match error:
        case grpc.aio.AbortError():  # somebody ended the call already
            return context.code() or grpc.StatusCode.UNKNOWN
        case Refusal():
            code = status.code_of(error)
            ending = status.abort(context, error, gate.domain)
        case deadline.TooLate() | TimeoutError():
            code = grpc.StatusCode.DEADLINE_EXCEEDED
            ending = context.abort(code, "The time for this call is over.")
        case Unavailable():
            _log.warning("unavailable", extra={"method": gate.method, "cause": str(error)})
            code = grpc.StatusCode.UNAVAILABLE
            ending = context.abort(code, "A part this call needs does not answer. Try again.")
        case _:
            _log.error("internal error", exc_info=error, extra={"method": gate.method})
            code = grpc.StatusCode.INTERNAL
            ending = context.abort(code, "internal error")
    with contextlib.suppress(grpc.aio.AbortError):
        await ending
    return code
