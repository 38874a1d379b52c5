"""Hooks of schemathesis: two people take turns, and valid requests are refused by reasons only.

What ends sessions is called by a third person, who signs in again whenever it has.
"""

import itertools
import os
import re
from typing import Any

import httpx
import schemathesis

API = os.environ.get("CONTRACT_API", "")
SESSIONS = re.compile(r"^/v1/(auth/logout-all|me/sessions)")
TOKENS = itertools.cycle(os.environ.get("CONTRACT_TOKENS", "").split(","))
NOT_BY_ITS_FORM = "REQUEST_INVALID"


class EndedSessions:
    """The person whose sessions are ended, and their present access token."""

    def __init__(self) -> None:
        self._token = ""

    def token(self) -> str:
        """Return the access token of a session that goes on."""
        if not self._token:
            names = ("CONTRACT_EMAIL", "CONTRACT_PASSWORD")
            email, password = (os.environ[name] for name in names)
            answer = httpx.post(
                f"{API}/v1/auth/login", json={"email": email, "password": password}, timeout=30
            )
            self._token = str(answer.raise_for_status().json()["access_token"])
        return self._token

    def end(self) -> None:
        """Have the next one who asks sign in again."""
        self._token = ""


ended_sessions = EndedSessions()


@schemathesis.auth(refresh_interval=None)
class ThreePeople:
    """Sends the token of one person, then that of the other; to end sessions, the third one's."""

    def get(self, case: Any, context: Any) -> str:
        return ended_sessions.token() if SESSIONS.match(case.operation.path) else next(TOKENS)

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Sign in again after a call that may have ended the session it was made with."""
    if SESSIONS.match(case.operation.path) and case.method != "GET" and response.status_code < 300:
        ended_sessions.end()


@schemathesis.check
def valid_form_is_accepted(context: Any, response: Any, case: Any) -> None:
    """What the schema allows may break a rule of the domain, but not be called unreadable."""
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if is_positive and response.status_code == 422:
        assert response.json()["reason"] != NOT_BY_ITS_FORM, response.text
