"""JSON as it leaves: dictionaries that `translate` made, written by orjson.

The models in `schemas` describe them for `/docs`; tests hold every answer against its model.
"""

from collections.abc import Mapping
from typing import Any

import grpc
import orjson
from fastapi import Response

from chassis.errors import Violation
from chassis.rpc.status import Details
from contracts.habits.v1.check_in_service_pb2 import Refusal
from edge.problems import problem_of

_CODES = {code.value[0]: code for code in grpc.StatusCode}


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a body as JSON."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def page(items: list[Any], next_page_token: str = "") -> Response:
    """Return a list as every list is answered."""
    return answer({"items": items, "next_page_token": next_page_token or None})


def refusal(refused: Refusal, *, instance: str) -> Response:
    """Return the refusal of one change of a batch as the problem a call of its own would be."""
    details = Details(
        code=_CODES.get(refused.code, grpc.StatusCode.UNKNOWN),
        message=refused.message,
        reason=refused.reason,
        metadata=dict(refused.metadata),
        violations=(Violation(refused.field, refused.message),) if refused.field else (),
    )
    return problem_of(details, instance=instance)
