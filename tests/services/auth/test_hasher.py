"""The thread that hashes passwords: what would wait too long is refused at once."""

import asyncio
from datetime import timedelta

import pytest

from services.auth.domain.errors import TooBusy
from services.auth.domain.password import PasswordScheme
from services.auth.use_cases.hasher import PasswordHasher


async def test_a_password_that_would_wait_too_long_is_refused_however_short_the_queue() -> None:
    """On a slow machine a request would time out instead; a hash counts as 250 ms at first."""
    hasher = PasswordHasher(
        PasswordScheme(cost=4), queue_size=100, max_wait=timedelta(milliseconds=600)
    )
    try:
        outcomes = await asyncio.gather(
            *(hasher.hash(b"12345678") for _ in range(9)), return_exceptions=True
        )
        refused = [one for one in outcomes if isinstance(one, TooBusy)]
        assert len(refused) == 6
        assert {one.retry_after.total_seconds() for one in refused} <= {1, 2}
        assert await hasher.matches(b"12345678", str(outcomes[0]))
    finally:
        await hasher.close()


@pytest.mark.parametrize("queue_size", [0, 3])
async def test_a_full_queue_refuses_what_comes_next(queue_size: int) -> None:
    hasher = PasswordHasher(PasswordScheme(cost=4), queue_size=queue_size)
    try:
        outcomes = await asyncio.gather(
            *(hasher.hash(b"12345678") for _ in range(9)), return_exceptions=True
        )
        assert sum(isinstance(one, str) for one in outcomes) == queue_size + 1
    finally:
        await hasher.close()
