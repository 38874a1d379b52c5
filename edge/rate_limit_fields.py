"""The HTTP fields that tell a client how much of a rate limit is left."""

from collections.abc import Mapping


def rate_limit_fields(
    *, policy: str, quota: str, window_seconds: str, remaining: int, reset_seconds: int
) -> Mapping[str, str]:
    """Return `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers)."""
    return {
        "RateLimit-Policy": f'"{policy}";q={quota};w={window_seconds}',
        "RateLimit": f'"{policy}";r={remaining};t={reset_seconds}',
    }
