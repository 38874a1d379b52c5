"""Responses of habits: dictionaries from `translate`, serialized by orjson.

The models in `schemas` document them for OpenAPI; tests validate every response against its model.
"""

from collections.abc import Mapping
from typing import Any

import grpc
import orjson
from fastapi import Response

from chassis.errors import Violation
from chassis.rpc.status import Details
from contracts.habits.v1.check_in_service_pb2 import Refusal
from edge.exchange import json_answer
from edge.problems import problem_from_details

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is as it was: `If-None-Match` names its `ETag`."}
}
"""For OpenAPI: what `answer_cache` responds with."""

_CODES = {code.value[0]: code for code in grpc.StatusCode}


def json_response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a JSON response."""
    if headers is None:
        return json_answer(orjson.dumps(body), status)
    return Response(orjson.dumps(body), status, headers, "application/json")


def page_response(items: list[Any], next_page_token: str = "") -> Response:
    """Return a page of a list."""
    return json_response({"items": items, "next_page_token": next_page_token or None})


def refusal_response(refused: Refusal, *, instance: str) -> Response:
    """Return the problem for one refused change of a batch."""
    details = Details(
        code=_CODES.get(refused.code, grpc.StatusCode.UNKNOWN),
        message=refused.message,
        reason=refused.reason,
        metadata=dict(refused.metadata),
        violations=(Violation(refused.field, refused.message),) if refused.field else (),
    )
    return problem_from_details(details, instance=instance)
