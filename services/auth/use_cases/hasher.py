"""Hashing passwords beside the event loop, a bounded number at a time."""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from services.auth.domain.errors import TooBusy
from services.auth.domain.password import PasswordScheme

_HASH_SECONDS = 0.25


class PasswordHasher:
    """Hashes passwords in one thread of its own, so that many sign-ins do not take every core.

    Args:
        scheme: How passwords are hashed.
        queue_size: Passwords that may wait; further ones are refused as `TooBusy`.
    """

    def __init__(self, scheme: PasswordScheme, *, queue_size: int) -> None:
        self._scheme = scheme
        self._queue_size = queue_size
        self._pending = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bcrypt")

    async def hash(self, password: bytes) -> str:
        """Return a new password's hash.

        Raises:
            TooBusy: The queue is full.
        """
        return await self._run(lambda: self._scheme.hash(password))

    async def matches(self, password: bytes, stored: str | None) -> bool:
        """Say whether a password matches a stored hash; None takes as long and never matches.

        Raises:
            TooBusy: The queue is full.
        """
        return await self._run(lambda: self._scheme.matches(password, stored))

    def is_current(self, stored: str) -> bool:
        """Say whether a hash was made as new ones are."""
        return self._scheme.is_current(stored)

    async def close(self) -> None:
        """Stop the thread; hashes still queued are dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run[T](self, compute: Callable[[], T]) -> T:
        if self._pending > self._queue_size:
            raise TooBusy(timedelta(seconds=math.ceil(self._queue_size * _HASH_SECONDS)))
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, compute)
        finally:
            self._pending -= 1
