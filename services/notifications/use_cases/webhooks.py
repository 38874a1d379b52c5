"""People's webhooks: create, edit, test, look back and replay."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.notifications.dao import people, webhook_deliveries, webhook_sending, webhooks
from services.notifications.domain.webhook_deliveries import (
    WebhookDelivery,
    WebhookDeliveryState,
    payload_text,
)
from services.notifications.domain.webhook_errors import (
    TooManyWebhooks,
    WebhookDeliveryNotFound,
    WebhookDisabled,
    WebhookNotFound,
)
from services.notifications.domain.webhooks import (
    OLD_SECRET_LIFETIME,
    TEST_EVENT,
    DisabledReason,
    Webhook,
    WebhookRules,
    description_of,
    events_of,
    new_secret,
    secret_text,
)

MOST_REPLAYED = 1_000


async def create_webhook(
    session: AsyncSession,
    owner_id: UUID,
    rules: WebhookRules,
    *,
    url: str,
    events: Sequence[str],
    description: str,
    now: datetime,
) -> tuple[Webhook, str]:
    """Create a webhook; return it and its secret.

    Raises:
        WebhookUrlInvalid: Nothing can be sent to the address.
        WebhookEventUnknown: There is no such type of event.
        WebhookEventsEmpty: There are none.
        WebhookDescriptionTooLong: It is.
        TooManyWebhooks: The person has as many as one may have.
    """
    rules.addresses.check_url(url)
    webhook = Webhook(
        id=uuid7(),
        owner_id=owner_id,
        url=url,
        events=events_of(events),
        description=description_of(description),
        enabled=True,
        disabled_reason=None,
        disabled_detail="",
        disable_time=None,
        success_time=None,
        create_time=now,
        update_time=now,
    )
    await people.lock_against_deletion(session, [owner_id])
    await webhooks.lock_owner(session, owner_id)
    count = await webhooks.count_webhooks(session, owner_id)
    if count >= rules.most_per_person:
        raise TooManyWebhooks(rules.most_per_person)
    if await people.find_recipient(session, owner_id) is None:
        raise WebhookNotFound  # a deleted account's token is refused within seconds; until then
    key = new_secret()
    await webhooks.add_webhook(session, webhook, key=key)
    return webhook, secret_text(key)


async def get_webhook(session: AsyncSession, owner_id: UUID, webhook_id: UUID) -> Webhook:
    """Return a person's webhook.

    Raises:
        WebhookNotFound: They have no such.
    """
    found = await webhooks.find_webhook(session, owner_id, webhook_id)
    if found is None:
        raise WebhookNotFound
    return found


async def list_webhooks(
    session: AsyncSession, owner_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Webhook]:
    """Return at most `limit` webhooks of a person, oldest first, younger than `after`."""
    return await webhooks.list_webhooks(session, owner_id, after=after, limit=limit)


async def update_webhook(
    session: AsyncSession,
    owner_id: UUID,
    webhook_id: UUID,
    rules: WebhookRules,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> Webhook:
    """Change fields of a webhook; one that is disabled has nothing more waiting.

    Raises:
        WebhookNotFound: The person has no such.
        WebhookUrlInvalid: Nothing can be sent to the address.
        WebhookEventUnknown: There is no such type of event.
        WebhookEventsEmpty: There are none.
        WebhookDescriptionTooLong: It is.
    """
    stored = await _lock_webhook(session, owner_id, webhook_id)
    wanted = stored
    if "url" in values:
        rules.addresses.check_url(values["url"])
        wanted = replace(wanted, url=values["url"])
    if "events" in values:
        wanted = replace(wanted, events=events_of(values["events"]))
    if "description" in values:
        wanted = replace(wanted, description=description_of(values["description"]))
    if values.get("enabled", stored.enabled) != stored.enabled:
        wanted = _enabled(wanted) if values["enabled"] else _disabled(wanted, now=now)
    if wanted != stored:
        wanted = replace(wanted, update_time=now)
        await webhooks.update_webhook(session, wanted)
    if stored.enabled and not wanted.enabled:
        await webhook_sending.fail_pending(session, webhook_id, now=now)
    return wanted


async def delete_webhook(session: AsyncSession, owner_id: UUID, webhook_id: UUID) -> None:
    """Delete a person's webhook with its deliveries.

    Raises:
        WebhookNotFound: They have no such.
    """
    if not await webhooks.delete_webhook(session, owner_id, webhook_id):
        raise WebhookNotFound


async def rotate_secret(
    session: AsyncSession, owner_id: UUID, webhook_id: UUID, *, now: datetime
) -> tuple[str, datetime]:
    """Create a new secret; return it, and until when the one before is used as well.

    Raises:
        WebhookNotFound: The person has no such webhook.
    """
    await _lock_webhook(session, owner_id, webhook_id)
    key, expire_time = new_secret(), now + OLD_SECRET_LIFETIME
    await webhooks.replace_secret(session, webhook_id, key=key, previous_expire_time=expire_time)
    return secret_text(key), expire_time


async def test_webhook(
    session: AsyncSession, owner_id: UUID, webhook_id: UUID, *, now: datetime
) -> WebhookDelivery:
    """Have a test event sent to a webhook.

    Raises:
        WebhookNotFound: The person has no such webhook.
        WebhookDisabled: It is disabled.
    """
    await _lock_enabled(session, owner_id, webhook_id)
    payload = payload_text(TEST_EVENT, now, {"webhook_id": str(webhook_id)})
    return await webhook_deliveries.add_delivery(
        session, webhook_id, owner_id, TEST_EVENT, payload, now=now
    )


async def list_deliveries(
    session: AsyncSession,
    owner_id: UUID,
    webhook_id: UUID,
    *,
    state: WebhookDeliveryState | None,
    after: UUID | None,
    limit: int,
) -> Sequence[WebhookDelivery]:
    """Return at most `limit` deliveries of a webhook, newest first, older than `after`.

    Raises:
        WebhookNotFound: The person has no such webhook.
    """
    await get_webhook(session, owner_id, webhook_id)
    return await webhook_deliveries.list_deliveries(
        session, webhook_id, state=state, after=after, limit=limit
    )


async def replay_delivery(
    session: AsyncSession, owner_id: UUID, webhook_id: UUID, delivery_id: UUID, *, now: datetime
) -> WebhookDelivery:
    """Have a delivery sent once more, under its id.

    Raises:
        WebhookNotFound: The person has no such webhook.
        WebhookDisabled: It is disabled.
        WebhookDeliveryNotFound: It has no such delivery.
    """
    await _lock_enabled(session, owner_id, webhook_id)
    found = await webhook_deliveries.replay_delivery(session, webhook_id, delivery_id, now=now)
    if found is None:
        raise WebhookDeliveryNotFound
    return found


async def replay_failed(
    session: AsyncSession,
    owner_id: UUID,
    webhook_id: UUID,
    *,
    since: datetime | None,
    now: datetime,
) -> int:
    """Have failed deliveries sent once more, oldest first; return how many, at most 1000.

    Raises:
        WebhookNotFound: The person has no such webhook.
        WebhookDisabled: It is disabled.
    """
    await _lock_enabled(session, owner_id, webhook_id)
    return await webhook_deliveries.replay_failed(
        session, webhook_id, since=since, limit=MOST_REPLAYED, now=now
    )


async def _lock_webhook(session: AsyncSession, owner_id: UUID, webhook_id: UUID) -> Webhook:
    found = await webhooks.find_webhook(session, owner_id, webhook_id, lock=True)
    if found is None:
        raise WebhookNotFound
    return found


async def _lock_enabled(session: AsyncSession, owner_id: UUID, webhook_id: UUID) -> None:
    """Keep an enabled webhook from being changed until the transaction ends."""
    if not (await _lock_webhook(session, owner_id, webhook_id)).enabled:
        raise WebhookDisabled


def _enabled(webhook: Webhook) -> Webhook:
    return replace(
        webhook, enabled=True, disabled_reason=None, disabled_detail="", disable_time=None
    )


def _disabled(webhook: Webhook, *, now: datetime) -> Webhook:
    return replace(webhook, enabled=False, disabled_reason=DisabledReason.PERSON, disable_time=now)
