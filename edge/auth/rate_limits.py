"""Rate limits of sign-in, as auth tells them, in the headers of a response."""

from starlette.responses import Response

from contracts.auth.v1.account_pb2 import RateLimit
from edge.rate_limit_fields import rate_limit_fields


def add_rate_limit(response: Response, limit: RateLimit) -> None:
    """Add the fields to a response, where the request was counted."""
    if limit.policy:
        response.headers.update(
            rate_limit_fields(
                policy=limit.policy,
                quota=str(limit.quota),
                window_seconds=str(limit.window_seconds),
                remaining=limit.remaining,
                reset_seconds=limit.reset_seconds,
            )
        )
