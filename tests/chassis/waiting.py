"""Polling for tests: wait until a condition holds, and fail if it never does."""

import asyncio
from collections.abc import Awaitable, Callable

LIMIT_SECONDS = 60.0  # of a loaded machine; nothing waits as long where all is well


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
