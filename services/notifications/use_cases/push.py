"""Browsers that show reminders: subscribed, listed, deleted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.public_addresses import Network
from services.notifications.dao import messages, people, push_subscriptions
from services.notifications.domain.push import MAX_SUBSCRIPTIONS, PushSubscription, PushTarget
from services.notifications.domain.push_errors import (
    AccountNotFound,
    PushSubscriptionNotFound,
    TooManyPushSubscriptions,
)


async def list_subscriptions(session: AsyncSession, owner_id: UUID) -> Sequence[PushSubscription]:
    """Return a person's subscribed browsers, the newest first."""
    return await push_subscriptions.list_subscriptions(session, owner_id)


async def upsert_subscription(
    session: AsyncSession,
    owner_id: UUID,
    target: PushTarget,
    *,
    allowed: Sequence[Network],
    now: datetime,
) -> PushSubscription:
    """Subscribe a browser. It leaves the account that it showed reminders of before.

    Args:
        session: The transaction.
        owner_id: Whose reminders it shows.
        target: Where to push to, and the browser's keys.
        allowed: Networks that may be pushed to although they are not public.
        now: The present moment.

    Raises:
        PushEndpointInvalid: Nothing can be pushed there.
        PushKeysInvalid: Nothing can be encrypted with these keys.
        TooManyPushSubscriptions: The person has no room for another one.
        AccountNotFound: The person was deleted.
    """
    target.check(allowed=allowed)
    await people.lock_against_deletion(session, [owner_id])
    await push_subscriptions.lock_subscriptions(session, owner_id)
    if await people.find_recipient(session, owner_id) is None:
        raise AccountNotFound
    count = await push_subscriptions.count_subscriptions(session, owner_id, but=target.endpoint)
    if count >= MAX_SUBSCRIPTIONS:
        raise TooManyPushSubscriptions(MAX_SUBSCRIPTIONS)
    before = await push_subscriptions.delete_endpoint_of_others(session, owner_id, target.endpoint)
    if before is not None:
        await messages.drop_unsubscribed(session, before.owner_id, before.id)
    return await push_subscriptions.upsert_subscription(session, owner_id, target, now=now)


async def delete_subscription(session: AsyncSession, owner_id: UUID, subscription_id: UUID) -> None:
    """Unsubscribe a browser, and drop what waits for it.

    Raises:
        PushSubscriptionNotFound: The person has no such subscription.
    """
    if not await push_subscriptions.delete_subscription(session, owner_id, subscription_id):
        raise PushSubscriptionNotFound(str(subscription_id))
    await messages.drop_unsubscribed(session, owner_id, subscription_id)


async def find_subscription(
    session: AsyncSession, subscription_id: UUID
) -> PushSubscription | None:
    """Return a subscription; None when it was deleted."""
    return await push_subscriptions.find_subscription(session, subscription_id)
