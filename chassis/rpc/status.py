"""Refusals on the wire: to and from `google.rpc.Status` with an `ErrorInfo`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from chassis.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Refusal,
    ResourceExhausted,
    Unauthenticated,
    Violation,
)

DETAILS_KEY = "grpc-status-details-bin"

CODES: Mapping[type[Refusal], grpc.StatusCode] = {
    InvalidArgument: grpc.StatusCode.INVALID_ARGUMENT,
    Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
    NotFound: grpc.StatusCode.NOT_FOUND,
    AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    FailedPrecondition: grpc.StatusCode.FAILED_PRECONDITION,
    Aborted: grpc.StatusCode.ABORTED,
    ResourceExhausted: grpc.StatusCode.RESOURCE_EXHAUSTED,
}
_BY_NUMBER: Mapping[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True)
class Details:
    """The error of a failed call, as its receiver reads it. `reason` is empty if not a refusal."""

    code: grpc.StatusCode
    message: str
    reason: str = ""
    domain: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    violations: Sequence[Violation] = ()
    retry_after: timedelta | None = None


def code_of(refusal: Refusal) -> grpc.StatusCode:
    """Return the status code of a refusal's kind."""
    for kind in type(refusal).__mro__:
        if kind in CODES:
            return CODES[kind]
    raise TypeError(f"{type(refusal).__name__} is of no kind that chassis.errors names.")


def status_from(refusal: Refusal, domain: str) -> Status:
    """Return a refusal as a `google.rpc.Status`. `domain` is the service, as `habits.mesh`."""
    details: list[Any] = [
        ErrorInfo(reason=refusal.reason, domain=domain, metadata=refusal.metadata)
    ]
    if isinstance(refusal, InvalidArgument) and refusal.violations:
        details.append(
            BadRequest(
                field_violations=[
                    BadRequest.FieldViolation(field=wrong.field, description=wrong.message)
                    for wrong in refusal.violations
                ]
            )
        )
    if isinstance(refusal, ResourceExhausted):
        span = Duration()
        span.FromTimedelta(refusal.retry_after)
        details.append(RetryInfo(retry_delay=span))
    status = Status(code=code_of(refusal).value[0], message=refusal.message)
    for detail in details:
        status.details.add().Pack(detail)
    return status


async def abort(context: grpc.aio.ServicerContext[Any, Any], refusal: Refusal, domain: str) -> None:
    """End the call with the refusal. Does not return."""
    status = status_from(refusal, domain)
    trailing = ((DETAILS_KEY, status.SerializeToString()),)
    await context.abort(code_of(refusal), refusal.message, trailing)


def refusal_details(error: grpc.aio.AioRpcError) -> Details:
    """Read the error of a failed call: for the edge and the bot, which show it to people."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            return details_from(Status.FromString(value))
    return Details(code=error.code(), message=error.details() or "")


def details_from(status: Status) -> Details:
    """Read a status: one of a failed call, or that of one item of a batch."""
    info, bad, retry = ErrorInfo(), BadRequest(), RetryInfo()
    for packed in status.details:
        _unpack_into(packed, info, bad, retry)
    return Details(
        code=_BY_NUMBER.get(status.code, grpc.StatusCode.UNKNOWN),
        message=status.message,
        reason=info.reason,
        domain=info.domain,
        metadata=dict(info.metadata),
        violations=tuple(Violation(it.field, it.description) for it in bad.field_violations),
        retry_after=retry.retry_delay.ToTimedelta() if retry.HasField("retry_delay") else None,
    )


def _unpack_into(packed: Packed, *targets: Any) -> None:
    for target in targets:
        if packed.Is(target.DESCRIPTOR):
            packed.Unpack(target)
