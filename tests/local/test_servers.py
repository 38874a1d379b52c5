"""The servers behind every other test are real, and each module's corner is its own."""

from __future__ import annotations

import aio_pika
import asyncpg
import redis.asyncio

from tests.servers import fresh_database, fresh_redis, fresh_virtual_host


async def test_a_module_gets_an_empty_postgres_18(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        assert connection.get_server_version().major == 18
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert await connection.fetchval(tables) == 0
    finally:
        await connection.close()


def test_two_modules_never_share_a_corner(servers: None) -> None:
    with fresh_database() as one, fresh_database() as another:
        assert one != another
    with fresh_redis() as one, fresh_redis() as another:
        assert one != another
    with fresh_virtual_host() as one, fresh_virtual_host() as another:
        assert one != another


async def test_redis_keeps_what_it_is_told(redis_url: str) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("a", "1")
        assert await client.get("a") == b"1"


async def test_rabbitmq_confirms_a_message_in_a_quorum_queue(amqp_url: str) -> None:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue(
            "greetings", durable=True, arguments={"x-queue-type": "quorum"}
        )
        message = aio_pika.Message(b"hello", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "greetings", timeout=10)
        received = await queue.get(timeout=10)
        assert received is not None
        assert received.body == b"hello"
        await received.ack()
