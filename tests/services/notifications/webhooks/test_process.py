"""The sender as a process: it is killed with requests on their way, and delivers over TLS."""

import asyncio
import signal
import ssl
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web

from chassis.certificates import make_certificates
from chassis.process import EXIT_SETTINGS
from services.notifications.domain.webhook_deliveries import (
    MOST_AT_ONCE,
    SENDER_LOST,
    WebhookDeliveryState,
)
from tests.services.notifications.test_main import START_SECONDS, environment, started
from tests.services.notifications.webhooks.conftest import NewOwner, Receiver, receiving

__all__ = ["environment"]

COUNT = 10


async def test_nothing_is_lost_and_ids_stay_when_the_sender_is_killed(
    environment: dict[str, str], new_owner: NewOwner, tmp_path: Path
) -> None:
    """What was on its way is delivered once more under the same `webhook-id`, the rest once."""
    make_certificates(tmp_path, ["receiver"])
    files = tmp_path / "receiver"
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files / "tls.pem", files / "tls.key")
    sending = environment | {
        "TELEGRAM_BOT_TOKEN": "",
        "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.1",
        "SSL_CERT_FILE": str(files / "ca.pem"),
    }

    async def hold(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with receiving(tls=tls) as receiver:
        receiver.respond = hold
        ada = await new_owner(at=receiver)
        await ada.happen(COUNT)
        patient = sending | {"WEBHOOK_TIMEOUT": "1m", "WEBHOOK_LEASE": "2m"}
        async with started(patient, "send") as sender:
            await receiver.requested(MOST_AT_ONCE)
            sender.kill()
            await sender.wait()
        on_their_way = [it for it in await ada.deliveries() if it.attempt_count]
        assert [it.attempts for it in on_their_way] == [[]] * MOST_AT_ONCE

        receiver.respond = None
        async with started(sending | {"WEBHOOK_TIMEOUT": "1s", "WEBHOOK_LEASE": "2s"}, "send"):
            delivered = await ada.finished(within=START_SECONDS)
    assert {it.state for it in delivered} == {WebhookDeliveryState.DELIVERED}
    again = {str(it.id) for it in on_their_way}
    wanted = {str(it.id): 2 if str(it.id) in again else 1 for it in delivered}
    assert len(delivered) == COUNT
    assert Counter(receiver.ids) == wanted
    assert all(it.detail in ("", SENDER_LOST) for it in delivered)


@pytest.mark.parametrize(
    ("name", "value"), [("WEBHOOK_ALLOWED_NETWORKS", "here"), ("WEBHOOK_LEASE", "1s")]
)
async def test_a_wrong_setting_of_webhooks_is_named(
    environment: dict[str, str], name: str, value: str
) -> None:
    async with started(environment | {name: value}, "send") as process:
        async with asyncio.timeout(START_SECONDS):
            assert await process.wait() == EXIT_SETTINGS
            assert process.stderr is not None
            assert name.encode() in await process.stderr.read()


async def test_without_a_bot_the_rest_still_runs(
    environment: dict[str, str], new_owner: NewOwner, receiver: Receiver
) -> None:
    """The roles of the bot wait for nothing, webhooks are sent, and the process ends in peace."""
    ada = await new_owner()
    await ada.happen()
    without = {"TELEGRAM_BOT_TOKEN": "", "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.1"}
    async with started(environment | without, "send", "bot") as process:
        await ada.finished(within=START_SECONDS)
        assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_SECONDS):
            assert await process.wait() == 0
    assert len(receiver.ids) == 1
