"""`python -m services.notifications serve relay consume send bot | migrate | parked | push-key`."""

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
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from chassis.settings import SettingsError
from chassis.vapid import create_vapid_key
from contracts.auth.v1 import auth_service_pb2, credential_service_pb2
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.auth.v1.credential_service_pb2_grpc import CredentialServiceStub
from contracts.notifications.v1.mini_app_service_pb2_grpc import (
    add_MiniAppServiceServicer_to_server,
)
from contracts.notifications.v1.notification_service_pb2_grpc import (
    add_NotificationServiceServicer_to_server,
)
from contracts.notifications.v1.push_service_pb2_grpc import add_PushServiceServicer_to_server
from contracts.notifications.v1.webhook_service_pb2_grpc import add_WebhookServiceServicer_to_server
from services.notifications.auth_client import AuthGateway
from services.notifications.cache import Cache
from services.notifications.consumers import handlers
from services.notifications.domain.rate_limit import Rate
from services.notifications.domain.sending import Message
from services.notifications.servicer import (
    MINI_APP_PUBLIC,
    MiniAppServicer,
    NotificationServicer,
    PushServicer,
    WebhookServicer,
)
from services.notifications.settings import (
    MaintenanceSettings,
    NotificationsSettings,
    PushSettings,
    mini_app_url,
    push_settings,
    webhook_address,
    webhook_rules,
)
from services.notifications.tables import INBOX, MESSAGES_CHANNEL, OUTBOX, WEBHOOKS_CHANNEL
from services.notifications.tasks import Sender, WebhookSender
from services.notifications.telegram import Telegram
from services.notifications.web_push import WebPush
from services.notifications.webhook_client import WebhookClient

NAME = "notifications"
AUTH_FILES = (auth_service_pb2.DESCRIPTOR, credential_service_pb2.DESCRIPTOR)


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
        self.cache = Cache(settings.redis_url, overall=Rate(settings.send_interval))
        self.topology = Topology(NAME, handlers.routing_keys, settings.amqp_prefix)
        self.web_push: WebPush | None = None
        self.telegram: Telegram | None = None
        if settings.telegram_bot_token:
            self.telegram = Telegram(
                settings.telegram_bot_token,
                api_url=settings.telegram_api_url,
                timeout=settings.telegram_timeout,
            )

    async def serve(self, stop: asyncio.Event) -> None:
        """Answer calls."""
        server = Server.from_settings(
            NAME,
            self.settings,
            verifier=TokenVerifier(self.settings.jwks_file, redis_url=self.settings.redis_url),
            healthy=self.database.healthy,
        )
        servicer = NotificationServicer(self.database, self.cache, self.telegram)
        server.add(add_NotificationServiceServicer_to_server, servicer)
        push = push_settings(self.settings)
        pushes = PushServicer(self.database, public_key=push.public_key, allowed=push.allowed)
        server.add(add_PushServiceServicer_to_server, pushes)
        webhooks = WebhookServicer(self.database, webhook_rules(self.settings))
        server.add(add_WebhookServiceServicer_to_server, webhooks)
        target, tls = self.settings.auth_target, self.settings.tls_files
        secret = self.settings.delegation_secret
        async with connect(target, *AUTH_FILES, tls=tls) as channel:
            auth = AuthGateway(
                AuthServiceStub(channel), CredentialServiceStub(channel), delegation_secret=secret
            )
            mini_app = MiniAppServicer(
                self.database, self.cache, self.telegram, auth if secret else None
            )
            server.add(add_MiniAppServiceServicer_to_server, mini_app, public=MINI_APP_PUBLIC)
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
        """Send what is written down: messages to chats and browsers, deliveries to webhooks."""
        settings = self.settings
        push = push_settings(settings)
        client = WebhookClient(webhook_rules(settings).addresses, timeout=settings.webhook_timeout)
        webhooks = WebhookSender(
            self.database, client, channel=WEBHOOKS_CHANNEL, lease=settings.webhook_lease
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(webhooks.run(stop))
            group.create_task(self._send_messages(push, stop))

    async def _send_messages(self, push: PushSettings, stop: asyncio.Event) -> None:
        """Send messages; without bot and key there is nothing to send them by."""
        if push.private_key:
            self.web_push = WebPush(
                push.private_key,
                contact=self.settings.web_push_contact,
                timeout=self.settings.web_push_timeout,
                allowed=push.allowed,
            )
        if self.telegram is None and self.web_push is None:
            await stop.wait()
            return
        if self.telegram is not None:
            await self.telegram.bot()  # imports aiogram, which the module below needs
        from services.notifications.bot.clients import create_statistics, open_channels

        async with open_channels(self.settings) as channels:
            statistics = create_statistics(channels)

            async def draw(message: Message) -> bytes:
                """Have analytics draw the picture of a report."""
                report_id = message.picture_of
                assert report_id is not None  # noqa: S101 - asked for no other
                return await statistics.report_picture(message.owner_id, report_id, str(message.id))

            sender = Sender(
                self.database,
                self.cache,
                self.telegram,
                channel=MESSAGES_CHANNEL,
                web_push=self.web_push,
                lease=self.settings.send_lease,
                draw=draw if self.settings.delegation_secret else None,
            )
            await sender.run(stop)

    async def bot(self, stop: asyncio.Event) -> None:
        """Listen to chats; without a bot there are none."""
        if self.telegram is None:
            await stop.wait()
            return
        if not self.settings.delegation_secret:
            raise SettingsError("DELEGATION_SECRET is missing. Set it to the secret that auth has.")
        address, menu = webhook_address(self.settings), mini_app_url(self.settings)
        await self.telegram.bot()  # imports aiogram, which the modules below need
        from services.notifications.bot.clients import create_services, open_channels
        from services.notifications.bot.dispatcher import create_dispatcher
        from services.notifications.bot.update_poller import UpdatePoller

        async with open_channels(self.settings) as channels:
            services = create_services(self.database, self.cache, self.telegram, channels)
            parts = self.telegram, self.cache, create_dispatcher(services)
            if address is not None:
                from services.notifications.bot.webhook import WebhookReceiver  # aiohttp's server

                await WebhookReceiver(*parts, address, mini_app_url=menu).run(stop)
            else:
                await UpdatePoller(*parts, mini_app_url=menu).run(stop)

    async def close(self) -> None:
        """Close what the roles shared."""
        if self.telegram is not None:
            await self.telegram.close()
        if self.web_push is not None:
            await self.web_push.close()
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
    if sys.argv[1:2] == ["push-key"]:
        sys.stdout.write(f"{create_vapid_key()}\n")
        return process.EXIT_OK
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
