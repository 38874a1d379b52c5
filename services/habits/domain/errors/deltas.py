"""What is refused of requests for what has changed."""

from datetime import timedelta

from chassis.errors import InvalidArgument, ResourceExhausted, Violation


class CursorInvalid(InvalidArgument):
    """The cursor was not issued here. Send one as it came, or none."""

    def __init__(self) -> None:
        super().__init__(
            "The cursor cannot be read. Send the last one as it came, or none to get everything.",
            violations=[Violation("cursor", "is not one that was issued here")],
        )


class WaitOutOfRange(InvalidArgument):
    """A wait is as long as the service waits at most, or shorter."""

    def __init__(self, longest: timedelta) -> None:
        seconds = int(longest.total_seconds())
        super().__init__(
            f"A wait is from 0 to {seconds} seconds.",
            violations=[Violation("wait_duration", f"must be 0 to {seconds} seconds")],
            longest_seconds=seconds,
        )


class TooManyWaits(ResourceExhausted):
    """Too many requests wait for a change already. End some of them, or ask without waiting."""

    def __init__(self) -> None:
        super().__init__(
            "Too many requests wait for a change already. Ask without waiting, or later.",
            retry_after=timedelta(seconds=5),
        )
