"""Connections to RabbitMQ: opened, and opened again when they break."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import (
    AMQPConnectionError,
    AMQPError,
    AuthenticationError,
    ProbableAuthenticationError,
)

from chassis import redaction
from chassis.clock import sleep_or_stop
from chassis.errors import Unavailable
from chassis.events.topology import Topology
from chassis.settings import SettingsError

RECONNECT_SECONDS = 1.0
PUBLISH_SECONDS = 5.0
"""How long to wait for a publisher confirm; a broker that takes longer counts as frozen."""

_CONNECT_SECONDS = 5.0
_CLOSE_SECONDS = 1.0
_HEARTBEAT_SECONDS = 5
_WAIT_SECONDS = 60.0
AUTHENTICATION_ERRORS = (AuthenticationError, ProbableAuthenticationError)
CONNECTION_ERRORS = (AMQPError, ConnectionError, OSError, TimeoutError, RuntimeError, Unavailable)
"""What a lost connection to the broker or to the database raises."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def channel(amqp_url: str, name: str) -> AsyncIterator[AbstractChannel]:
    """Open a connection with one channel: publisher confirms on, unroutable messages raise."""
    connection = await asyncio.wait_for(
        aio_pika.connect(
            amqp_url,
            timeout=_CONNECT_SECONDS,
            heartbeat=_HEARTBEAT_SECONDS,
            client_properties={"connection_name": name},
        ),
        _CONNECT_SECONDS,
    )
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            opened = await connection.channel(publisher_confirms=True, on_return_raises=True)
        yield opened
    finally:
        # A frozen broker never answers the close: do not wait for it.
        with contextlib.suppress(*CONNECTION_ERRORS, asyncio.CancelledError):
            await asyncio.wait_for(connection.close(), _CLOSE_SECONDS)


async def run_with_reconnect(
    amqp_url: str,
    name: str,
    work: Callable[[AbstractChannel], Awaitable[None]],
    stop: asyncio.Event,
) -> None:
    """Run `work` on a channel until `stop` is set; when the connection breaks, open another."""
    while not stop.is_set():
        try:
            async with channel(amqp_url, name) as opened:
                _log.info("broker connected", extra={"connection": name})
                await work(opened)
        except CONNECTION_ERRORS as error:
            cause = redaction.describe(error)
            _log.warning("broker or database lost", extra={"connection": name, "cause": cause})
            await sleep_or_stop(RECONNECT_SECONDS, stop)


async def declare(amqp_url: str, topology: Topology) -> None:
    """Declare a consumer's queues, so that events published from now on wait for it.

    Waits for a broker that is still starting.

    Raises:
        TimeoutError: The broker did not come up within a minute.
        SettingsError: It refuses the user or the password, which waiting cannot change.
    """
    async with asyncio.timeout(_WAIT_SECONDS):
        while True:
            try:
                async with channel(amqp_url, f"{topology.service} declare") as opened:
                    await topology.declare(opened)
                    return
            except AUTHENTICATION_ERRORS:
                raise SettingsError(
                    "AMQP_URL is refused by the broker: wrong user or password. A store keeps the "
                    "password of its first start: give it that one, or change it there "
                    "(docs/operations.md)."
                ) from None
            except (ConnectionError, OSError, AMQPConnectionError) as error:
                cause = redaction.describe(error)
                _log.warning("the broker does not answer yet", extra={"cause": cause})
                await asyncio.sleep(RECONNECT_SECONDS)
