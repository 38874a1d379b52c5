"""The headers of every response for browsers: security, and which origins may call."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edge.quick.pages import POLICY as _QUICK_POLICY
from edge.quick.pages import PREFIX as _QUICK
from edge.web.files import MINI_APP_PATH, MINI_APP_POLICY
from edge.web.files import POLICY as _WEB_POLICY

_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_DOCS = ("/docs", "/redoc")
_TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=31536000")
NO_STORE = (b"cache-control", b"no-store")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_REQUEST_HEADERS = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
    "Last-Event-ID", "X-Request-ID", "Mcp-Method", "Mcp-Name", "Mcp-Protocol-Version",
)  # fmt: skip
_RESPONSE_HEADERS = (
    "ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"
)  # fmt: skip
_PREFLIGHT_SECONDS = 600


type Headers = tuple[tuple[bytes, bytes], ...]
"""Names in lower case, and values."""


@dataclass(frozen=True, slots=True)
class HeaderSet:
    """The headers that every response of a kind of page has."""

    headers: Headers
    is_private: bool
    """Whether it is personal data, which no cache may store unless the response allows it."""
    lines: bytes
    """All of them as they go over the wire, of a response that no cache may store if private."""


def header_set_of(path: str, scheme: str) -> HeaderSet:
    """Return the headers for browsers of a response at a path, over `http` or `https`."""
    secure = scheme == "https"
    if path.startswith("/v1/"):
        return _QUICK_SETS[secure] if path.startswith(_QUICK) else _API_SETS[secure]
    if path == "/" or path.startswith("/web/"):
        return _WEB_SETS[secure]
    if path == MINI_APP_PATH:
        return _MINI_APP_SETS[secure]
    return _DOCS_SETS[secure] if path.startswith(_DOCS) else _PUBLIC_SETS[secure]


def lines_of(headers: Headers) -> bytes:
    """Return headers as they go over the wire. Their values must be known to hold no line break."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def _sets(policy: str, *, is_framed: bool = False, is_private: bool = False) -> Sequence[HeaderSet]:
    """Return the headers of a kind of page: without TLS, and with it."""
    headers = (
        (b"x-content-type-options", b"nosniff"),
        *(() if is_framed else ((b"x-frame-options", b"DENY"),)),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"content-security-policy", policy.encode()),
    )
    private = (NO_STORE,) if is_private else ()
    return [
        HeaderSet(it, is_private, lines_of((*it, *private)))
        for it in (headers, (*headers, _TRANSPORT_SECURITY))
    ]


_API_SETS = _sets(_API_POLICY, is_private=True)
_QUICK_SETS = _sets(_QUICK_POLICY, is_private=True)
_PUBLIC_SETS = _sets(_API_POLICY)
_DOCS_SETS = _sets(_DOCS_POLICY)
_WEB_SETS = _sets(_WEB_POLICY)
_MINI_APP_SETS = _sets(MINI_APP_POLICY, is_framed=True)


def cors_options(origins: Sequence[str]) -> dict[str, Any]:
    """Return the options of `CORSMiddleware` for origins such as `https://habits.example`."""
    return {
        "allow_origins": origins,
        "allow_methods": _METHODS,
        "allow_headers": _REQUEST_HEADERS,
        "expose_headers": _RESPONSE_HEADERS,
        "max_age": _PREFLIGHT_SECONDS,
    }
