"""The headers of every response for browsers: security, and which origins may call."""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
_TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=31536000")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_REQUEST_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-ID")
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
                own = _DOCS_HEADERS if path.startswith(_DOCS) else _API_HEADERS
                message["headers"] = [*message.get("headers", ()), *own]
                if is_secure:
                    message["headers"].append(_TRANSPORT_SECURITY)
                if path.startswith("/v1/"):
                    MutableHeaders(scope=message).setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def cors_options(origins: Sequence[str]) -> dict[str, Any]:
    """Return the options of `CORSMiddleware` for origins such as `https://habits.example`."""
    return {
        "allow_origins": origins,
        "allow_methods": _METHODS,
        "allow_headers": _REQUEST_HEADERS,
        "expose_headers": _RESPONSE_HEADERS,
        "max_age": _PREFLIGHT_SECONDS,
    }
