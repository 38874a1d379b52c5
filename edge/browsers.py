"""The headers of every response for browsers: security, and which origins may call."""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_API_HEADERS = [*_HEADERS, (b"content-security-policy", _API_POLICY.encode())]
_DOCS_HEADERS = [*_HEADERS, (b"content-security-policy", _DOCS_POLICY.encode())]
_WEB_HEADERS = [*_HEADERS, (b"content-security-policy", _WEB_POLICY.encode())]
_QUICK_HEADERS = [*_HEADERS, (b"content-security-policy", _QUICK_POLICY.encode())]
_MINI_APP_HEADERS = [
    *(header for header in _HEADERS if header[0] != b"x-frame-options"),
    (b"content-security-policy", MINI_APP_POLICY.encode()),
]
_TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=31536000")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_REQUEST_HEADERS = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
    "Last-Event-ID", "X-Request-ID", "Mcp-Method", "Mcp-Name", "Mcp-Protocol-Version",
)  # fmt: skip
_RESPONSE_HEADERS = (
    "ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"
)  # fmt: skip
_PREFLIGHT_SECONDS = 600


class SecurityHeadersMiddleware:
    """Adds security headers to every response, and keeps personal data out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_secure, path = scope["scheme"] == "https", scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_headers_of(path)]
                if is_secure:
                    message["headers"].append(_TRANSPORT_SECURITY)
                if path.startswith("/v1/"):
                    MutableHeaders(scope=message).setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _headers_of(path: str) -> list[tuple[bytes, bytes]]:
    if path == "/" or path.startswith("/web/"):
        return _WEB_HEADERS
    if path == MINI_APP_PATH:
        return _MINI_APP_HEADERS
    if path.startswith(_QUICK):
        return _QUICK_HEADERS
    return _DOCS_HEADERS if path.startswith(_DOCS) else _API_HEADERS


def cors_options(origins: Sequence[str]) -> dict[str, Any]:
    """Return the options of `CORSMiddleware` for origins such as `https://habits.example`."""
    return {
        "allow_origins": origins,
        "allow_methods": _METHODS,
        "allow_headers": _REQUEST_HEADERS,
        "expose_headers": _RESPONSE_HEADERS,
        "max_age": _PREFLIGHT_SECONDS,
    }
