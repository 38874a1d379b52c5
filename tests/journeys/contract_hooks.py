"""Hooks of schemathesis: two people take turns, and valid requests are refused by reasons only."""

import itertools
import os
from typing import Any

import schemathesis

TOKENS = itertools.cycle(os.environ.get("CONTRACT_TOKENS", "").split(","))
NOT_BY_ITS_FORM = "REQUEST_INVALID"


@schemathesis.auth(refresh_interval=None)
class TwoPeople:
    """Sends the token of one person, then that of the other."""

    def get(self, case: Any, context: Any) -> str:
        return next(TOKENS)

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.check
def valid_form_is_accepted(context: Any, response: Any, case: Any) -> None:
    """What the schema allows may break a rule of the domain, but not be called unreadable."""
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if is_positive and response.status_code == 422:
        assert response.json()["reason"] != NOT_BY_ITS_FORM, response.text
