"""The sender of webhooks, against a real receiver: signatures, retries, disabling."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from chassis.clock import ManualClock
from chassis.database import Database
from services.notifications.domain.webhook_deliveries import MOST_AT_ONCE, WebhookDeliveryState
from services.notifications.domain.webhooks import DisabledReason
from services.notifications.use_cases import webhook_deliveries, webhooks
from tests.chassis.waiting import eventually
from tests.services.notifications.conftest import LinkedChats
from tests.services.notifications.running import running
from tests.services.notifications.webhooks.conftest import (
    RULES,
    NewOwner,
    Owner,
    Receiver,
    SenderOf,
    add_events,
    answering,
)

LONGEST_WAIT = 60.0


async def test_an_event_arrives_signed_and_once(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf
) -> None:
    ada = await new_owner()
    event = ada.event(7)
    for _ in range(2):  # the event comes twice from the broker
        await add_events(ada.database, event)
    async with running(a_webhook_sender().run):
        (delivery,) = await ada.finished()
    assert delivery.state is WebhookDeliveryState.DELIVERED
    assert receiver.ids == [str(delivery.id)]
    body = receiver.requests[0]["body"]
    assert body.keys() == {"type", "version", "timestamp", "data"}
    assert (body["type"], body["version"], body["data"]) == (event.type, "v1", {"number": 7})
    (attempt,) = delivery.attempts
    assert (attempt.status_code, attempt.detail) == (204, "")
    assert (await ada.stored()).success_time is not None


async def test_only_the_wanted_events_of_the_own_person_are_sent(
    new_owner: NewOwner, receiver: Receiver
) -> None:
    ada = await new_owner(events=["habit.created"])
    bob = await new_owner()
    wanted, of_bob = ada.event(type="habit.created"), bob.event(type="report.ready")
    await add_events(ada.database, ada.event(), wanted, of_bob)
    assert [it.type for it in await ada.deliveries()] == ["habit.created"]
    assert [it.type for it in await bob.deliveries()] == ["report.ready"]


async def test_a_refused_delivery_is_retried_under_the_same_id(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf
) -> None:
    receiver.respond = answering(500, 302, 200, text="x" * 10_000, headers={"Location": "/other"})
    receiver.clock = clock = ManualClock(datetime.now(UTC))
    ada = await new_owner()
    await ada.happen(now=clock())
    async with running(a_webhook_sender(now=clock).run):
        for count, seconds in ((1, 5), (2, 20)):
            waits = (await ada.attempted(count)).due_time - clock()
            assert abs(waits.total_seconds() - seconds) <= seconds / 10
            clock.advance(waits)
        (delivery,) = await ada.finished()
    assert (delivery.state, delivery.attempt_count) == (WebhookDeliveryState.DELIVERED, 3)
    assert receiver.ids == [str(delivery.id)] * 3
    assert [it.status_code for it in delivery.attempts] == [500, 302, 200]
    assert delivery.attempts[1].detail == (
        "The receiver answered 302, a redirect, which is not followed."
    )
    assert all(it.response_text == "x" * 500 for it in delivery.attempts)


async def leap(clock: ManualClock, owner: Owner) -> None:
    """Set the clock to when the owner's next delivery is due, if that is ahead."""
    due = [it.due_time for it in await owner.deliveries() if it.finish_time is None]
    clock.set(max(clock(), min(due, default=clock())))


async def test_after_three_days_the_webhook_is_disabled_and_the_person_told(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf, chats: LinkedChats
) -> None:
    receiver.respond = answering(503)
    begin = datetime.now(UTC)
    receiver.clock = clock = ManualClock(begin)
    person = await chats.person()
    ada = await new_owner(person.id)
    await ada.happen(now=begin)

    async def is_disabled() -> bool:
        await leap(clock, ada)
        return not (await ada.stored()).enabled

    async with running(a_webhook_sender(now=clock).run):
        await eventually(is_disabled, within=LONGEST_WAIT)
        await ada.happen(now=clock())  # is not written any more
        (delivery,) = await ada.deliveries()
    assert timedelta(days=3) <= clock() - begin < timedelta(days=3, minutes=1)
    assert delivery.state is WebhookDeliveryState.FAILED
    assert 10 <= delivery.attempt_count == len(receiver.ids) <= 16
    webhook = await ada.stored()
    assert webhook.disabled_reason is DisabledReason.FAILING
    assert webhook.disabled_detail == "The receiver answered 503."
    (notice,) = [row for row in await chats.rows(person) if row["kind"] == "notice"]
    assert "127.0.0.1" in notice["text"]
    assert "three days" in notice["text"]
    assert "hook" not in notice["text"].replace("webhook", "")  # the rest of the URL may be a key


async def test_a_poisonous_event_does_not_disable_a_webhook_that_accepts_others(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf
) -> None:
    """One delivery fails for three days; another, created a day later, is accepted meanwhile."""

    async def respond(request: web.Request) -> web.Response:
        return web.Response(status=500 if b'"number":0' in await request.read() else 200)

    receiver.respond = respond
    begin = datetime.now(UTC)
    receiver.clock = clock = ManualClock(begin)
    ada = await new_owner()
    await ada.happen(now=begin)

    async def is_a_day_later() -> bool:
        await leap(clock, ada)
        return clock() - begin > timedelta(days=1)

    async def have_finished() -> bool:
        await leap(clock, ada)
        return all(it.finish_time for it in await ada.deliveries())

    async with running(a_webhook_sender(now=clock).run):
        await eventually(is_a_day_later, within=LONGEST_WAIT)
        await ada.happen(number=1, now=clock())
        await eventually(have_finished, within=LONGEST_WAIT)
        poisonous, other = await ada.deliveries()
    assert (poisonous.state, other.state) == (
        WebhookDeliveryState.FAILED,
        WebhookDeliveryState.DELIVERED,
    )
    assert poisonous.attempt_count >= 10
    assert (await ada.stored()).enabled


async def test_gone_disables_at_once(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf
) -> None:
    receiver.respond = answering(410)
    ada = await new_owner()
    await ada.happen(10)
    async with running(a_webhook_sender().run):
        deliveries = await ada.finished()
    assert {it.state for it in deliveries} == {WebhookDeliveryState.FAILED}
    assert len(receiver.ids) <= MOST_AT_ONCE
    assert (await ada.stored()).disabled_reason is DisabledReason.GONE

    receiver.respond = None
    now = datetime.now(UTC)
    async with ada.database.transaction() as session:
        await webhooks.update_webhook(
            session, ada.id, ada.webhook.id, RULES, {"enabled": True}, now=now
        )
        replayed = await webhooks.replay_failed(
            session, ada.id, ada.webhook.id, since=None, now=now
        )
    assert replayed == 10
    async with running(a_webhook_sender().run):
        again = await ada.finished()
    assert {it.state for it in again} == {WebhookDeliveryState.DELIVERED}
    assert {it.id for it in again} == {it.id for it in deliveries}


async def test_a_rotated_secret_signs_beside_the_one_before(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf
) -> None:
    ada = await new_owner()
    async with ada.database.transaction() as session:
        new, _ = await webhooks.rotate_secret(
            session, ada.id, ada.webhook.id, now=datetime.now(UTC)
        )
    await ada.happen()
    async with running(a_webhook_sender().run):
        (first,) = await ada.finished()  # the receiver verifies with the old secret
        receiver.secret = new
        await ada.happen()
        deliveries = await ada.finished()
    assert first.state is WebhookDeliveryState.DELIVERED
    assert {it.state for it in deliveries} == {WebhookDeliveryState.DELIVERED}


async def test_old_deliveries_are_deleted(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf, database: Database
) -> None:
    ada = await new_owner()
    await ada.happen(2)
    async with running(a_webhook_sender().run):
        await ada.finished()
    for days, left in ((29, 2), (31, 0)):
        async with database.transaction() as session:
            now = datetime.now(UTC) + timedelta(days=days)
            await webhook_deliveries.purge(session, now=now)
        assert len(await ada.deliveries()) == left
