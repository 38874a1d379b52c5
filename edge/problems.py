"""Error responses: turns gRPC statuses, refusals and validation errors into problem+json."""

import logging
import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import grpc
import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from chassis.context import current_context
from chassis.errors import InvalidArgument, Refusal, ResourceExhausted, Violation
from chassis.rpc.status import Details, code_of, refusal_details
from edge.field_names import names_of, rest_metadata, rest_text, rest_violations
from edge.json_bodies import MEMBER_TWICE, DuplicateMemberError
from edge.rate_limit_fields import rate_limit_fields
from edge.validation import TEXT_UNREADABLE, sentence_of, violations_of

MEDIA_TYPE = "application/problem+json"

HTTP_STATUS: Mapping[grpc.StatusCode, int] = {
    grpc.StatusCode.INVALID_ARGUMENT: 422,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.FAILED_PRECONDITION: 409,
    grpc.StatusCode.ABORTED: 412,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.CANCELLED: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}
# Reasons of errors that the edge itself raises. Those of 429, 503 and 504 also replace gRPC's own
# messages, which name internal addresses.
OWN_REASONS: Mapping[str, tuple[int, str]] = {
    "REQUEST_INVALID": (422, "The request cannot be read."),
    "PATH_UNKNOWN": (404, "There is nothing at this path. The API is described at /docs."),
    "METHOD_NOT_ALLOWED": (
        405,
        "The path does not take this method. Allow says which it takes.",
    ),
    "BODY_TOO_LARGE": (413, "The body is too large. Send less at once."),
    "BODY_COMPRESSED": (415, "The body is compressed. Send it without Content-Encoding."),
    "TOO_MANY_REQUESTS": (429, "Too many requests in a short time. Wait as Retry-After says."),
    "TOO_BUSY": (429, "Too much is going on at once. Try again in a moment."),
    "SERVICE_UNAVAILABLE": (503, "A part of the service does not answer. Try again in a moment."),
    "DEADLINE_EXCEEDED": (504, "The answer took too long. Try again in a moment."),
    "INTERNAL": (500, "internal error"),
}
_BY_STATUS = {status: (reason, sentence) for reason, (status, sentence) in OWN_REASONS.items()}
_GENERIC = {status: _BY_STATUS[status] for status in (429, 503, 504)}
_BY_HTTP_ERROR = {status: _BY_STATUS[status] for status in (404, 405, 413, 415, 429)}
_INTERNAL = _BY_STATUS[500]
_REQUEST_INVALID = _BY_STATUS[422]
_RETRY_AFTER = timedelta(seconds=1)
_log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Register the handlers that turn every error of the app into a problem."""
    handlers = {
        grpc.aio.AioRpcError: _handle_rpc_error,
        Refusal: _handle_refusal,
        RequestValidationError: _handle_validation_error,
        HTTPException: _handle_http_error,
        Exception: _handle_unexpected_error,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def problem(
    status: int,
    reason: str,
    detail: str,
    *,
    instance: str,
    metadata: Mapping[str, str] | None = None,
    errors: Sequence[Violation] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an `application/problem+json` response."""
    body: dict[str, Any] = {
        "type": "/problems/" + reason.lower().replace("_", "-"),
        "title": reason.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "instance": instance,
        "reason": reason,
        "metadata": dict(metadata or {}),
        "request_id": current_context().request_id,
    }
    if status == 422:
        body["errors"] = [{"field": wrong.field, "message": wrong.message} for wrong in errors]
    all_headers = dict(headers or {})
    if status == 401:
        all_headers["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(body), status, all_headers, MEDIA_TYPE)


def problem_from_validation(
    errors: Sequence[Mapping[str, Any]], *, instance: str, body: Any = None
) -> Response:
    """Return the problem for validation errors of pydantic."""
    violations = violations_of(errors, body)
    unreadable = any(error["type"] in (TEXT_UNREADABLE, "string_unicode") for error in errors)
    reason = "TEXT_UNREADABLE" if unreadable else _REQUEST_INVALID[0]
    return problem(422, reason, sentence_of(violations), instance=instance, errors=violations)


def problem_from_item(errors: Sequence[Mapping[str, Any]], *, instance: str) -> Response:
    """Return the problem for one invalid item of a batch; fields are those of the item."""
    located = [{**error, "loc": ("body", *error["loc"])} for error in errors]
    return problem_from_validation(located, instance=instance)


def problem_from_details(details: Details, *, instance: str, route: object = None) -> Response:
    """Return the problem for the status of a gRPC call, with fields named as the route does."""
    status = HTTP_STATUS.get(details.code, 500)
    reason, sentence = details.reason, details.message
    if not reason:
        if status not in _GENERIC:
            status = 500
        reason, sentence = _GENERIC.get(status, _INTERNAL)
    headers = {}
    if status in _GENERIC:
        wait = _seconds(details.retry_after or _RETRY_AFTER)
        headers["Retry-After"] = wait
        if {"policy", "quota", "window_seconds"} <= details.metadata.keys():
            headers |= rate_limit_fields(**details.metadata, remaining=0, reset_seconds=int(wait))
    names = names_of(route)
    fields, violations = rest_violations(details.violations, names)
    return problem(
        status,
        reason,
        rest_text(sentence, fields, names),
        instance=instance,
        metadata=rest_metadata(details.metadata, fields, names),
        errors=violations,
        headers=headers,
    )


def problem_from_call(
    error: grpc.aio.AioRpcError, *, instance: str, route: object = None
) -> Response:
    """Return the problem for a failed gRPC call; failures without a refusal are logged."""
    details = refusal_details(error)
    if not details.reason:
        _log.warning("call failed", extra={"code": error.code().name, "cause": error.details()})
    return problem_from_details(details, instance=instance, route=route)


def too_many_requests(instance: str, *, wait: timedelta) -> Response:
    """Return the problem for a person who sends too many requests."""
    reason = "TOO_MANY_REQUESTS"
    headers = {"Retry-After": _seconds(wait)}
    return problem(429, reason, OWN_REASONS[reason][1], instance=instance, headers=headers)


def internal_error(instance: str) -> Response:
    """Return the problem for an unexpected error: it reveals nothing."""
    return problem(500, *_INTERNAL, instance=instance)


async def _handle_rpc_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, grpc.aio.AioRpcError)  # noqa: S101  # by registration
    return problem_from_call(error, instance=request.url.path, route=request.scope.get("route"))


async def _handle_refusal(request: Request, refusal: Exception) -> Response:
    """Handle a refusal that the edge itself raised."""
    assert isinstance(refusal, Refusal)  # noqa: S101  # by registration
    details = Details(
        code=code_of(refusal),
        message=refusal.message,
        reason=refusal.reason,
        metadata=refusal.metadata,
        violations=refusal.violations if isinstance(refusal, InvalidArgument) else (),
        retry_after=refusal.retry_after if isinstance(refusal, ResourceExhausted) else None,
    )
    route = request.scope.get("route")
    return problem_from_details(details, instance=request.url.path, route=route)


async def _handle_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # by registration
    return problem_from_validation(error.errors(), instance=request.url.path, body=error.body)


async def _handle_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # by registration
    instance = request.url.path
    if error.status_code == 400:  # FastAPI's answer to a body it could not even try to parse
        wrong = _unparsable(error.__cause__)
        return problem(
            422, _REQUEST_INVALID[0], sentence_of([wrong]), instance=instance, errors=[wrong]
        )
    reason, sentence = _BY_HTTP_ERROR.get(error.status_code, _REQUEST_INVALID)
    if error.status_code == 413:
        sentence = error.detail  # it says which limit
    headers = dict(error.headers or {})
    methods = _methods_of(request) if error.status_code == 405 else []
    if methods:
        headers["Allow"] = ", ".join(methods)
    return problem(error.status_code, reason, sentence, instance=instance, headers=headers)


async def _handle_unexpected_error(request: Request, error: Exception) -> Response:
    """Handle what nobody expected; the framework raises it once more, so that it is logged."""
    return internal_error(request.url.path)


def _methods_of(request: Request) -> Sequence[str]:
    """Return every method of the path; the framework's own `Allow` has those of one route only."""
    paths: Mapping[str, Mapping[str, object]] = request.app.openapi()["paths"]
    return sorted(
        {
            method.upper()
            for path, operations in paths.items()
            if compile_path(path)[0].match(request.url.path)
            for method in operations
        }
    )


def _unparsable(cause: BaseException | None) -> Violation:
    """Return why a body cannot be parsed, where that is no mistake of JSON's grammar."""
    match cause:
        case DuplicateMemberError():
            return Violation(cause.name.encode("utf-8", "replace").decode(), MEMBER_TWICE)
        case UnicodeDecodeError():
            return Violation("", f"the body is not UTF-8 text: byte {cause.start + 1} is wrong")
        case RecursionError():
            return Violation("", "the body nests too deep")
        case ValueError():
            return Violation("", "the body holds a number with too many digits")
    return Violation("", "the body cannot be parsed")


def _seconds(span: timedelta) -> str:
    return str(max(1, math.ceil(span.total_seconds())))
