"""Parked events, which could not be handled: a command lists them, and queues them again."""

import asyncio
import sys
from collections.abc import Sequence
from functools import partial

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from chassis.events import broker, wire
from chassis.events.topology import Topology
from chassis.process import EXIT_OK, EXIT_USAGE, Command

_MOST = 1_000
_TIMEOUT_SECONDS = 5.0


def parked_command(amqp_url: str, topology: Topology) -> Command:
    """Return the command `parked list|replay` of a service."""
    return partial(_run, amqp_url, topology)


async def list_parked(channel: AbstractChannel, topology: Topology) -> list[str]:
    """Return one line for each parked event, the oldest first, at most 1,000. All stay parked."""
    held = await _take_parked(channel, topology)
    for message in held:
        await message.nack(requeue=True)
    return [_line(message) for message in held]


async def replay_parked(channel: AbstractChannel, topology: Topology) -> int:
    """Send parked events to their consumer again, as if new; return how many, at most 1,000."""
    held = await _take_parked(channel, topology)
    for message in held:
        copy = wire.copy_as_new(message)
        async with asyncio.timeout(broker.PUBLISH_SECONDS):
            await channel.default_exchange.publish(copy, topology.queue, mandatory=True)
        await message.ack()
    return len(held)


async def _run(amqp_url: str, topology: Topology, arguments: Sequence[str]) -> int:
    if list(arguments) not in (["list"], ["replay"]):
        sys.stderr.write("usage: parked list|replay\n")
        return EXIT_USAGE
    async with broker.channel(amqp_url, f"{topology.service} parked") as channel:
        if arguments[0] == "list":
            lines = await list_parked(channel, topology)
            sys.stdout.write("".join(f"{line}\n" for line in lines) or "Nothing is parked.\n")
        else:
            sys.stdout.write(f"{await replay_parked(channel, topology)} sent back.\n")
    return EXIT_OK


async def _take_parked(
    channel: AbstractChannel, topology: Topology
) -> list[AbstractIncomingMessage]:
    """Take the messages parked now, without acknowledging them."""
    await topology.declare(channel)
    queue = await channel.get_queue(topology.parked)
    held: list[AbstractIncomingMessage] = []
    while len(held) < _MOST:
        message = await queue.get(fail=False, timeout=_TIMEOUT_SECONDS)
        if message is None:
            break
        held.append(message)
    return held


def _line(message: AbstractIncomingMessage) -> str:
    attempts = wire.attempts_of(message)
    error = str(message.headers.get(wire.LAST_ERROR, ""))
    when = f"{message.timestamp:%Y-%m-%d %H:%M:%S}" if message.timestamp else "no time"
    return f"{when}  {message.type}  {message.message_id}  tried {attempts}x  {error}"
