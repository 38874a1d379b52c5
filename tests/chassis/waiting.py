"""Polling for tests: wait until a condition holds, and fail if it never does."""

import asyncio
from collections.abc import Awaitable, Callable

LIMIT_SECONDS = 20.0


async def eventually(
    condition: Callable[[], Awaitable[bool]], *, within: float = LIMIT_SECONDS
) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: It did not, in time.
    """
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.02)
