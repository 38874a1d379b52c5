"""Receivers that are slow or answer without end take little room, and none of others."""

import asyncio
from datetime import timedelta

from aiohttp import web

from services.notifications.domain.webhook_deliveries import MOST_AT_ONCE, WebhookDeliveryState
from tests.chassis.waiting import eventually
from tests.services.notifications.running import running
from tests.services.notifications.webhooks.conftest import NewOwner, Receiver, SenderOf


async def test_a_slow_receiver_gets_few_requests_at_once_and_does_not_hold_up_others(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf
) -> None:
    release = asyncio.Event()

    async def respond(request: web.Request) -> web.Response:
        if request.path == "/slow":
            await release.wait()
        return web.Response()

    receiver.respond = respond
    slow = await new_owner(url=receiver.url.replace("/hook", "/slow"))
    secret = receiver.secret
    await slow.happen(40)

    async def is_full() -> bool:
        return receiver.at_once == MOST_AT_ONCE

    async with running(a_webhook_sender().run):
        await eventually(is_full)
        quick = await new_owner()
        await quick.happen(3)
        assert {it.state for it in await quick.finished()} == {WebhookDeliveryState.DELIVERED}
        receiver.secret = secret
        release.set()
        assert len(await slow.finished(within=30)) == 40
    assert receiver.most_at_once <= MOST_AT_ONCE + 1  # and one of the quick ones


async def test_a_receiver_that_does_not_answer_is_given_up_on(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf
) -> None:
    async def respond(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    receiver.respond = respond
    ada = await new_owner()
    await ada.happen()
    async with running(a_webhook_sender(timeout=timedelta(seconds=0.3)).run):
        delivery = await ada.attempted(1)
    assert delivery.state is WebhookDeliveryState.PENDING
    assert delivery.detail == "The receiver did not answer within 0.3 seconds."


async def test_an_endless_body_is_not_read(
    new_owner: NewOwner, receiver: Receiver, a_webhook_sender: SenderOf
) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=200)
        await response.prepare(request)
        while True:
            await response.write(b"\0endless " * 1000)

    receiver.respond = respond
    ada = await new_owner()
    await ada.happen()
    async with running(a_webhook_sender().run):
        (delivery,) = await ada.finished()
    assert delivery.state is WebhookDeliveryState.DELIVERED
    assert len(delivery.attempts[0].response_text) == 500
