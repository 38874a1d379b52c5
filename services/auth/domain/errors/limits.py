"""Refusals of rate limits."""

from datetime import timedelta

from chassis.errors import ResourceExhausted
from services.auth.domain.rate_limit import RateStatus


class TooManyAttempts(ResourceExhausted):
    """Too many attempts, for this account, session or address. Wait, then try again."""

    def __init__(self, status: RateStatus) -> None:
        super().__init__(
            "Too many attempts. Try again later.",
            retry_after=max(status.reset, timedelta(seconds=1)),
            policy=status.policy.name,
            quota=status.policy.quota,
            window_seconds=int(status.policy.window.total_seconds()),
        )


class TooBusy(ResourceExhausted):
    """Too many people are signing in at this moment. Try again in a moment."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(
            "Too many people are signing in at this moment. Try again shortly.",
            retry_after=retry_after,
        )
