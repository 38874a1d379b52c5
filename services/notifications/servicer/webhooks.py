"""WebhookService: people's webhooks and their deliveries."""

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from chassis.rpc.paging import next_page_token, read_page
from contracts.notifications.v1 import webhook_service_pb2 as rpc
from contracts.notifications.v1.webhook_service_pb2_grpc import WebhookServiceServicer
from services.notifications.domain.webhooks import WebhookRules
from services.notifications.translate import webhooks as translate
from services.notifications.use_cases import webhooks


class WebhookServicer(WebhookServiceServicer):
    """Serves what people ask of their webhooks.

    Args:
        database: The service's database.
        rules: What whoever runs the server allows.
        now: The clock.
    """

    def __init__(self, database: Database, rules: WebhookRules, *, now: Clock = clock.now) -> None:
        self._database = database
        self._rules = rules
        self._now = now

    async def CreateWebhook(
        self, request: rpc.CreateWebhookRequest, context: Context
    ) -> rpc.CreateWebhookResponse:
        """Create a webhook."""
        values = translate.new_webhook_from_wire(request)
        async with self._database.transaction() as session:
            webhook, secret = await webhooks.create_webhook(
                session, current_caller().id, self._rules, now=self._now(), **values
            )
        return rpc.CreateWebhookResponse(webhook=translate.webhook_to_wire(webhook), secret=secret)

    async def GetWebhook(
        self, request: rpc.GetWebhookRequest, context: Context
    ) -> rpc.GetWebhookResponse:
        """Get a webhook."""
        webhook_id = translate.webhook_id_from_wire(request.webhook_id)
        async with self._database.transaction() as session:
            webhook = await webhooks.get_webhook(session, current_caller().id, webhook_id)
        return rpc.GetWebhookResponse(webhook=translate.webhook_to_wire(webhook))

    async def ListWebhooks(
        self, request: rpc.ListWebhooksRequest, context: Context
    ) -> rpc.ListWebhooksResponse:
        """List webhooks."""
        page = read_page(request)
        after = translate.id_from_page(page.after)
        async with self._database.transaction() as session:
            found = await webhooks.list_webhooks(
                session, current_caller().id, after=after, limit=page.size + 1
            )
        shown = found[: page.size]
        more = len(found) > page.size
        return rpc.ListWebhooksResponse(
            webhooks=[translate.webhook_to_wire(it) for it in shown],
            next_page_token=next_page_token(request, [str(shown[-1].id)]) if more else "",
        )

    async def UpdateWebhook(
        self, request: rpc.UpdateWebhookRequest, context: Context
    ) -> rpc.UpdateWebhookResponse:
        """Change a webhook."""
        webhook_id = translate.webhook_id_from_wire(request.webhook.id)
        values = translate.changes_from_wire(request)
        async with self._database.transaction() as session:
            webhook = await webhooks.update_webhook(
                session, current_caller().id, webhook_id, self._rules, values, now=self._now()
            )
        return rpc.UpdateWebhookResponse(webhook=translate.webhook_to_wire(webhook))

    async def DeleteWebhook(
        self, request: rpc.DeleteWebhookRequest, context: Context
    ) -> rpc.DeleteWebhookResponse:
        """Delete a webhook."""
        webhook_id = translate.webhook_id_from_wire(request.webhook_id)
        async with self._database.transaction() as session:
            await webhooks.delete_webhook(session, current_caller().id, webhook_id)
        return rpc.DeleteWebhookResponse()

    async def RotateWebhookSecret(
        self, request: rpc.RotateWebhookSecretRequest, context: Context
    ) -> rpc.RotateWebhookSecretResponse:
        """Create a new secret."""
        webhook_id = translate.webhook_id_from_wire(request.webhook_id)
        async with self._database.transaction() as session:
            secret, expire_time = await webhooks.rotate_secret(
                session, current_caller().id, webhook_id, now=self._now()
            )
        response = rpc.RotateWebhookSecretResponse(secret=secret)
        response.previous_expire_time.FromDatetime(expire_time)
        return response

    async def TestWebhook(
        self, request: rpc.TestWebhookRequest, context: Context
    ) -> rpc.TestWebhookResponse:
        """Send a test event."""
        webhook_id = translate.webhook_id_from_wire(request.webhook_id)
        async with self._database.transaction() as session:
            delivery = await webhooks.test_webhook(
                session, current_caller().id, webhook_id, now=self._now()
            )
        return rpc.TestWebhookResponse(delivery=translate.delivery_to_wire(delivery))

    async def ListWebhookDeliveries(
        self, request: rpc.ListWebhookDeliveriesRequest, context: Context
    ) -> rpc.ListWebhookDeliveriesResponse:
        """List deliveries."""
        webhook_id = translate.webhook_id_from_wire(request.webhook_id)
        page = read_page(request)
        after = translate.id_from_page(page.after)
        async with self._database.transaction() as session:
            found = await webhooks.list_deliveries(
                session,
                current_caller().id,
                webhook_id,
                state=translate.state_from_wire(request),
                after=after,
                limit=page.size + 1,
            )
        shown = found[: page.size]
        more = len(found) > page.size
        return rpc.ListWebhookDeliveriesResponse(
            deliveries=[translate.delivery_to_wire(it) for it in shown],
            next_page_token=next_page_token(request, [str(shown[-1].id)]) if more else "",
        )

    async def ReplayWebhookDelivery(
        self, request: rpc.ReplayWebhookDeliveryRequest, context: Context
    ) -> rpc.ReplayWebhookDeliveryResponse:
        """Send a delivery once more."""
        webhook_id = translate.webhook_id_from_wire(request.webhook_id)
        delivery_id = translate.delivery_id_from_wire(request.webhook_delivery_id)
        async with self._database.transaction() as session:
            delivery = await webhooks.replay_delivery(
                session, current_caller().id, webhook_id, delivery_id, now=self._now()
            )
        return rpc.ReplayWebhookDeliveryResponse(delivery=translate.delivery_to_wire(delivery))

    async def ReplayFailedWebhookDeliveries(
        self, request: rpc.ReplayFailedWebhookDeliveriesRequest, context: Context
    ) -> rpc.ReplayFailedWebhookDeliveriesResponse:
        """Send failed deliveries once more."""
        webhook_id = translate.webhook_id_from_wire(request.webhook_id)
        since = translate.since_from_wire(request)
        async with self._database.transaction() as session:
            count = await webhooks.replay_failed(
                session, current_caller().id, webhook_id, since=since, now=self._now()
            )
        return rpc.ReplayFailedWebhookDeliveriesResponse(replayed_count=count)
