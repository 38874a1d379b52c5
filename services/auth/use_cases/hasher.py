"""Hashing passwords beside the event loop, a bounded number at a time."""

import asyncio
import math
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

from services.auth.domain.errors import TooBusy
from services.auth.domain.password import PasswordScheme

_FIRST_HASH_SECONDS = 0.25
"""What a hash is taken to last until some have been measured."""
_MEMORY = 0.8
"""The share of the former mean in the next one."""
_NICENESS = 5
"""Of the thread that hashes: where cores are short, the other requests come first."""
_MAX_WAIT = timedelta(seconds=5)
"""Half of what a request may take at the edge."""


class PasswordHasher:
    """Hashes passwords in one thread of its own, so that many sign-ins do not take every core.

    Args:
        scheme: How passwords are hashed.
        queue_size: Passwords that may wait; further ones are refused as `TooBusy`.
        max_wait: How long one may have to wait, by the mean of the last hashes; one that would
            wait longer is refused as `TooBusy`, however short the queue. A slow machine sheds
            earlier, instead of letting requests time out.
    """

    def __init__(
        self, scheme: PasswordScheme, *, queue_size: int, max_wait: timedelta = _MAX_WAIT
    ) -> None:
        self._scheme = scheme
        self._queue_size = queue_size
        self._max_wait_seconds = max_wait.total_seconds()
        self._mean_seconds = _FIRST_HASH_SECONDS
        self._pending = 0
        self._thread = ThreadPoolExecutor(
            1, thread_name_prefix="bcrypt", initializer=_lower_priority
        )

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

    def require_room(self) -> None:
        """Refuse what would be refused anyway, before other work is done for it.

        Raises:
            TooBusy: The queue is full. Those who come again do so spread over a while.
        """
        wait_seconds = self._pending * self._mean_seconds
        if self._pending > self._queue_size or wait_seconds > self._max_wait_seconds:
            spread = random.uniform(1, 2)  # noqa: S311  no secret
            raise TooBusy(timedelta(seconds=math.ceil(wait_seconds * spread)))

    async def close(self) -> None:
        """Stop the thread; hashes still queued are dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run[T](self, compute: Callable[[], T]) -> T:
        self.require_room()

        def measured() -> tuple[T, float]:
            started = time.perf_counter()
            return compute(), time.perf_counter() - started

        self._pending += 1
        try:
            result, seconds = await asyncio.get_running_loop().run_in_executor(
                self._thread, measured
            )
        finally:
            self._pending -= 1
        self._mean_seconds = _MEMORY * self._mean_seconds + (1 - _MEMORY) * seconds
        return result


def _lower_priority() -> None:
    """Lower the priority of this thread; only Linux has one for each."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
