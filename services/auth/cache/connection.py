"""The Redis client of auth: short timeouts, no retries, connection errors as `Unavailable`."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from chassis.errors import Unavailable

_SECONDS = 0.5
_MAX_CONNECTIONS = 64


def open_redis(url: str) -> Redis:
    """Return a client that never repeats a command: one lost reply must not rotate a token twice.

    Whoever opens it closes it.
    """
    client: Redis = Redis.from_url(
        url,
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
        retry=Retry(NoBackoff(), 0),
        max_connections=_MAX_CONNECTIONS,
    )
    return client


@contextmanager
def redis_errors_as_unavailable() -> Iterator[None]:
    """Turn connection errors and timeouts of Redis into `Unavailable`; others are bugs."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError, OSError) as error:
        raise Unavailable("Redis does not answer.") from error
