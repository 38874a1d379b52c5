"""PushService: people's browsers that show reminders."""

from collections.abc import Sequence

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.public_addresses import Network
from chassis.rpc.interceptors import Context
from contracts.notifications.v1 import push_service_pb2 as rpc
from contracts.notifications.v1.push_pb2 import PushChannel
from contracts.notifications.v1.push_service_pb2_grpc import PushServiceServicer
from services.notifications.domain.push_errors import PushNotConfigured
from services.notifications.translate import push as translate
from services.notifications.use_cases import push


class PushServicer(PushServiceServicer):
    """Serves what people ask of the browsers that show their reminders.

    Args:
        database: The service's database.
        public_key: The key that browsers subscribe with; empty where there is none.
        allowed: Networks that may be pushed to although they are not public.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        *,
        public_key: str,
        allowed: Sequence[Network] = (),
        now: Clock = clock.now,
    ) -> None:
        self._database = database
        self._public_key = public_key
        self._allowed = allowed
        self._now = now

    async def GetPushChannel(
        self, request: rpc.GetPushChannelRequest, context: Context
    ) -> rpc.GetPushChannelResponse:
        """Return the key and the subscribed browsers."""
        async with self._database.transaction() as session:
            found = await push.list_subscriptions(session, current_caller().id)
        channel = PushChannel(
            public_key=self._public_key,
            subscriptions=[translate.subscription_to_wire(it) for it in found],
        )
        return rpc.GetPushChannelResponse(push_channel=channel)

    async def UpsertPushSubscription(
        self, request: rpc.UpsertPushSubscriptionRequest, context: Context
    ) -> rpc.UpsertPushSubscriptionResponse:
        """Subscribe a browser."""
        if not self._public_key:
            raise PushNotConfigured
        target = translate.target_from_wire(request)
        async with self._database.transaction() as session:
            stored = await push.upsert_subscription(
                session, current_caller().id, target, allowed=self._allowed, now=self._now()
            )
        wire = translate.subscription_to_wire(stored)
        return rpc.UpsertPushSubscriptionResponse(push_subscription=wire)

    async def DeletePushSubscription(
        self, request: rpc.DeletePushSubscriptionRequest, context: Context
    ) -> rpc.DeletePushSubscriptionResponse:
        """Unsubscribe a browser."""
        subscription_id = translate.subscription_id_from_wire(request.push_subscription_id)
        async with self._database.transaction() as session:
            await push.delete_subscription(session, current_caller().id, subscription_id)
        return rpc.DeletePushSubscriptionResponse()
