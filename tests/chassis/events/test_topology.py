import re
from datetime import timedelta

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel

from chassis.events.broker import channel as open_channel
from chassis.events.broker import declare
from chassis.events.topology import RETRY_DELAYS, Topology
from chassis.settings import SettingsError

TOPOLOGY = Topology("sample", ["auth.user.deleted"])


def test_five_failures_and_it_is_parked() -> None:
    assert [TOPOLOGY.retry_queue_after(attempts) for attempts in range(1, 6)] == [
        "sample.retry.10s",
        "sample.retry.1m",
        "sample.retry.10m",
        "sample.retry.10m",
        "sample.parked",
    ]


def test_names_stand_under_their_prefix() -> None:
    topology = Topology("sample", [], prefix="t1.", retry_delays=[timedelta(milliseconds=50)])
    assert topology.queue == "t1.sample.events"
    assert topology.retry_queue_after(1) == "t1.sample.retry.50ms"
    assert topology.retry_queue_after(2) == topology.parked == "t1.sample.parked"


async def test_it_is_made_once_and_found_again(amqp_url: str, channel: AbstractChannel) -> None:
    for _ in range(2):
        await declare(amqp_url, TOPOLOGY)
    names = [
        TOPOLOGY.queue,
        *(TOPOLOGY.retry_queue_after(count) for count in range(1, len(RETRY_DELAYS) + 2)),
    ]
    for name in names:
        assert (await channel.declare_queue(name, passive=True)).name == name


async def test_a_message_waits_in_a_queue_before_anybody_listens(amqp_url: str) -> None:
    await declare(amqp_url, TOPOLOGY)
    async with open_channel(amqp_url, "test") as channel:
        exchange = await channel.get_exchange("events", ensure=False)
        await exchange.publish(Message(b"x"), "auth.user.deleted", mandatory=True)
        queue = await channel.get_queue(TOPOLOGY.queue)
        message = await queue.get(timeout=5)
        assert message
        assert message.body == b"x"
        await message.ack()


async def test_a_refused_password_ends_at_once_with_what_to_do(amqp_url: str) -> None:
    """A broker keeps the password of its first start: waiting would never end well."""
    wrong = re.sub(r":[^:@]+@", ":wrong@", amqp_url)
    with pytest.raises(SettingsError, match="AMQP_URL is refused"):
        await declare(wrong, TOPOLOGY)
