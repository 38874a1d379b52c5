"""The Bot API's refusals, in its own shapes and words."""

from __future__ import annotations


class ApiError(Exception):
    """An answer with `ok: false`.

    Attributes:
        code: The HTTP status, repeated in `error_code`.
        description: The Bot API's own sentence.
        retry_after: Whole seconds, for 429 only.
    """

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def body(self) -> dict[str, object]:
        """Return the answer as the Bot API writes it."""
        answer: dict[str, object] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


class BadRequest(ApiError):
    """400: the call itself is wrong."""

    def __init__(self, why: str) -> None:
        super().__init__(400, f"Bad Request: {why}")


class TooManyRequests(ApiError):
    """429: the bot has to wait."""

    def __init__(self, retry_after: int) -> None:
        why = f"Too Many Requests: retry after {retry_after}"
        super().__init__(429, why, retry_after=retry_after)


class Blocked(ApiError):
    """403: the person blocked the bot."""

    def __init__(self) -> None:
        super().__init__(403, "Forbidden: bot was blocked by the user")


class Unauthorized(ApiError):
    """401: not the token of a bot."""

    def __init__(self) -> None:
        super().__init__(401, "Unauthorized")


class Conflict(ApiError):
    """409: another getUpdates took over."""

    def __init__(self) -> None:
        super().__init__(
            409,
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running",
        )
