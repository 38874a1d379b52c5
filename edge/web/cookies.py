"""The cookie that has a browser's refresh token, and who may make a browser send it.

Inside a frame of Telegram's web version a `SameSite=Strict` cookie is not sent. What is embedded
there has a cookie of its own, `SameSite=None` and `Partitioned`: the browser keeps it for that
frame alone. It is taken only where the browser names this address as the sender's origin.
"""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request, Response

from edge.web.errors import CrossSiteRequest

COOKIE = "habits_session"
EMBEDDED_COOKIE = "habits_embedded_session"
PATH = "/v1/web"
_COOKIE_SECONDS = 180 * 24 * 3600  # the service says earlier when a session is over
_LONGEST = 1024
_EMBEDDED = "embedded"

Embedded = Annotated[
    bool,
    Query(description="Whether the page is inside Telegram; its cookie is another one then."),
]


def require_same_origin(request: Request, *, embedded: Embedded = False) -> None:
    """Refuse what a browser sends for a page of another origin.

    Raises:
        CrossSiteRequest: `Sec-Fetch-Site` or `Origin` names another origin; for an embedded page
            also where `Origin` is missing.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    own = request.headers.get("host", "")
    is_known = embedded or _is_telegram(request)
    if (
        site not in ("same-origin", "none")
        or (origin and urlsplit(origin).netloc != own)
        or (is_known and not origin)
    ):
        raise CrossSiteRequest


def session_cookie(request: Request) -> str:
    """Return the refresh token in the request's cookie; empty without one."""
    value = request.cookies.get(_name_of(request), "")
    return value if len(value) <= _LONGEST else ""


SessionCookie = Annotated[str, Depends(session_cookie)]


def keep_session(refresh_token: str, request: Request, response: Response) -> None:
    """Have the browser keep a refresh token."""
    _set(response, request, refresh_token, _COOKIE_SECONDS)


def delete_session(request: Request, response: Response) -> None:
    """Have the browser drop its refresh token."""
    _set(response, request, "", 0)


def _set(response: Response, request: Request, value: str, seconds: int) -> None:
    is_secure = request.url.scheme == "https"
    name = _name_of(request)
    is_partitioned = name == EMBEDDED_COOKIE and is_secure  # a browser takes it over TLS only
    parts = [
        f"{name}={value}",
        "HttpOnly",
        f"Max-Age={seconds}",
        f"Path={PATH}",
        f"SameSite={'none' if is_partitioned else 'strict'}",
    ]
    if is_secure:
        parts.append("Secure")
    if is_partitioned:
        parts.append("Partitioned")
    response.headers.append("Set-Cookie", "; ".join(parts))


def _name_of(request: Request) -> str:
    is_embedded = request.query_params.get(_EMBEDDED) == "true" or _is_telegram(request)
    return EMBEDDED_COOKIE if is_embedded else COOKIE


def _is_telegram(request: Request) -> bool:
    return request.url.path == f"{PATH}/session/telegram"
