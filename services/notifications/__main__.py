"""`python -m services.notifications serve relay consume send bot | migrate | parked`."""

import asyncio
import sys
from collections.abc import Sequence

from chassis import process
from chassis.database import Database
from chassis.events.broker import declare
from chassis.events.consumer import Consumer
from chassis.events.parked import parked_command
from chassis.events.relay import Relay
from chassis.events.topology import Topology
from chassis.housekeeping import Housekeeping
from chassis.identity import TokenVerifier
from chassis.migrate import upgrade
from chassis.rpc.server import Server
from chassis.settings import SettingsError
from contracts.notifications.v1.notification_service_pb2_grpc import (
    add_NotificationServiceServicer_to_server,
)
from services.notifications.cache import Cache
from services.notifications.consumers import handlers
from services.notifications.servicer import NotificationServicer
from services.notifications.settings import MaintenanceSettings, NotificationsSettings
from services.notifications.tables import INBOX, MESSAGES_CHANNEL, OUTBOX
from services.notifications.tasks import Sender
from services.notifications.telegram import Telegram

NAME = "notifications"


class NotificationsDependencies:
    """What the roles of one process share."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self.settings = settings
        self.database = Database(
            settings.database_url,
            name=NAME,
            pool_size=settings.database_pool_size,
            hot_pool_size=settings.database_hot_pool_size,
            statement_timeout=settings.statement_timeout,
        )
        self.cache = Cache(settings.redis_url)
        self.topology = Topology(NAME, handlers.routing_keys, settings.amqp_prefix)
        self.telegram: Telegram | None = None
        if settings.telegram_bot_token:
            self.telegram = Telegram(
                settings.telegram_bot_token,
                api_url=settings.telegram_api_url,
                timeout=settings.telegram_timeout,
            )

    async def serve(self, stop: asyncio.Event) -> None:
        """Answer calls."""
        server = Server(
            NAME,
            listen=self.settings.grpc_listen,
            tls=self.settings.tls_files,
            plaintext=self.settings.grpc_plaintext,
            verifier=TokenVerifier(self.settings.jwks_file, redis_url=self.settings.redis_url),
            healthy=self.database.healthy,
        )
        servicer = NotificationServicer(self.database, self.cache, self.telegram)
        server.add(add_NotificationServiceServicer_to_server, servicer)
        await server.run(stop)

    async def relay(self, stop: asyncio.Event) -> None:
        """Publish what was announced, and clear away what is old."""
        relay = Relay(
            self.database,
            self.settings.amqp_url,
            schema=NAME,
            prefix=self.settings.amqp_prefix,
        )
        cleaning = Housekeeping(self.database, OUTBOX, INBOX)
        async with asyncio.TaskGroup() as group:
            group.create_task(relay.run(stop))
            group.create_task(cleaning.run(stop))

    async def consume(self, stop: asyncio.Event) -> None:
        """Hear what others tell."""
        settings = self.settings
        consumer = Consumer(self.database, settings.amqp_url, self.topology, handlers, INBOX)
        await consumer.run(stop)

    async def send(self, stop: asyncio.Event) -> None:
        """Send what is written down; without a bot there is nobody to send it by."""
        if self.telegram is None:
            await stop.wait()
            return
        sender = Sender(
            self.database,
            self.cache,
            self.telegram,
            channel=MESSAGES_CHANNEL,
            lease=self.settings.send_lease,
        )
        await sender.run(stop)

    async def bot(self, stop: asyncio.Event) -> None:
        """Listen to chats; without a bot there are none."""
        if self.telegram is None:
            await stop.wait()
            return
        if not self.settings.delegation_secret:
            raise SettingsError("DELEGATION_SECRET is missing. Set it to the secret that auth has.")
        await self.telegram.bot()  # imports aiogram, which the modules below need
        from services.notifications.bot.clients import create_services, open_channels
        from services.notifications.bot.dispatcher import create_dispatcher
        from services.notifications.bot.update_poller import UpdatePoller

        async with open_channels(self.settings) as channels:
            services = create_services(self.database, self.cache, self.telegram, channels)
            await UpdatePoller(self.telegram, self.cache, create_dispatcher(services)).run(stop)

    async def close(self) -> None:
        """Close what the roles shared."""
        if self.telegram is not None:
            await self.telegram.close()
        await self.cache.close()
        await self.database.close()


async def _migrate(_: Sequence[str]) -> int:
    """Bring the schema up to date and declare the queues."""
    settings = process.read_settings_or_exit(MaintenanceSettings)
    await upgrade(settings.database_url, "services.notifications")
    if settings.amqp_url:  # what is said before the first start waits for it
        topology = Topology(NAME, handlers.routing_keys, settings.amqp_prefix)
        await declare(settings.amqp_url, topology)
    return process.EXIT_OK


def main() -> int:
    """Run what the command line names; return the exit code."""
    if sys.argv[1:2] == ["migrate"]:
        maintenance = process.read_settings_or_exit(MaintenanceSettings)
        return process.main(NAME, maintenance, roles={}, commands={"migrate": _migrate})
    settings = process.read_settings_or_exit(NotificationsSettings)
    dependencies = NotificationsDependencies(settings)
    return process.main(
        NAME,
        settings,
        roles={
            "serve": dependencies.serve,
            "relay": dependencies.relay,
            "consume": dependencies.consume,
            "send": dependencies.send,
            "bot": dependencies.bot,
        },
        commands={"parked": parked_command(settings.amqp_url, dependencies.topology)},
        closing=[dependencies.close],
    )


if __name__ == "__main__":
    raise SystemExit(main())
