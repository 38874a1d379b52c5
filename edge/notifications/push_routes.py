"""`/v1/me/push`: the browsers that show reminders."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from contracts.notifications.v1.push_service_pb2 import (
    DeletePushSubscriptionRequest,
    GetPushChannelRequest,
    UpsertPushSubscriptionRequest,
)
from edge.auth.devices import device_of
from edge.bearer import require_access_token
from edge.clients import InjectedClients
from edge.json_bodies import Router
from edge.notifications.push_schemas import PushChannel, PushSubscription, PushSubscriptionPut
from edge.notifications.push_translate import channel_from_wire, subscription_from_wire
from edge.openapi import UNAUTHENTICATED, refusals

router = Router(
    prefix="/v1/me/push",
    tags=["notifications"],
    dependencies=[require_access_token],
    responses=UNAUTHENTICATED,
)


@router.get("")
async def get_push_channel(clients: InjectedClients) -> PushChannel:
    """Return the key that browsers subscribe with, and the browsers that show reminders."""
    response = await clients.push.GetPushChannel(GetPushChannelRequest())
    return channel_from_wire(response.push_channel)


@router.put(
    "/subscriptions",
    responses=refusals(
        (409, "PUSH_NOT_CONFIGURED", "There are no reminders in browsers here."),
        (409, "TOO_MANY_PUSH_SUBSCRIPTIONS", "Reminders go to 10 browsers already."),
        (422, "PUSH_ENDPOINT_INVALID", "The endpoint is not https."),
        (422, "PUSH_KEYS_INVALID", "The key auth must be 16 bytes."),
    ),
)
async def put_push_subscription(
    body: PushSubscriptionPut, clients: InjectedClients, device: Annotated[str, Depends(device_of)]
) -> PushSubscription:
    """Have a browser show your reminders. The same endpoint again keeps its id."""
    response = await clients.push.UpsertPushSubscription(
        UpsertPushSubscriptionRequest(
            endpoint=body.endpoint,
            p256dh_key=body.keys.p256dh,
            auth_secret=body.keys.auth,
            device=device,
        )
    )
    return subscription_from_wire(response.push_subscription)


@router.delete(
    "/subscriptions/{subscription_id}",
    status_code=204,
    responses=refusals(
        (404, "PUSH_SUBSCRIPTION_NOT_FOUND", "You have no subscribed browser with this id.")
    ),
)
async def delete_push_subscription(subscription_id: UUID, clients: InjectedClients) -> None:
    """Have a browser show no more reminders; those that wait for it are dropped."""
    await clients.push.DeletePushSubscription(
        DeletePushSubscriptionRequest(push_subscription_id=str(subscription_id))
    )
