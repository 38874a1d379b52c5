"""The receiver of docs/webhooks.md accepts what Standard Webhooks' own library signs, only that."""

from datetime import UTC, datetime, timedelta

import httpx
from standardwebhooks import Webhook as Signer

from local.ports import free_ports
from services.notifications.domain.webhooks import (
    WebhookEventType,
    new_secret,
    secret_text,
    signature_of,
)
from tests.docs.blocks import examples_in
from tests.docs.webhook_receiver import documented_receiver
from tests.house.tree import ROOT

PAGE = ROOT / "docs/webhooks.md"
MOST_LINES = 20
BODY = '{"type": "goal.reached", "data": {"title": "Läuft ✓"}}'


def signed(secret: str, *, moment: datetime, message_id: str = "msg_1") -> dict[str, str]:
    """Return the headers of a request, by the library."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Signer(secret).sign(message_id, moment, BODY),
    }


async def test_the_documented_receiver_accepts_what_is_signed_and_nothing_else() -> None:
    secret, other, now = secret_text(new_secret()), secret_text(new_secret()), datetime.now(UTC)
    right = signed(secret, moment=now)
    of_other = signed(other, moment=now)["webhook-signature"]
    rotated = {"webhook-signature": f"{of_other} {right['webhook-signature']}"}
    cases = [
        (right, BODY, 204),
        (right | rotated, BODY, 204),
        (right, BODY.replace("goal", "Goal"), 400),
        (right | {"webhook-id": "msg_2"}, BODY, 400),
        (right | {"webhook-timestamp": str(int(now.timestamp()) + 1)}, BODY, 400),
        (right | {"webhook-signature": of_other}, BODY, 400),
        (right | {"webhook-signature": "v1,"}, BODY, 400),
        (signed(secret, moment=now - timedelta(minutes=6)), BODY, 400),
        ({}, BODY, 400),
    ]
    [port] = free_ports(1)
    async with documented_receiver(secret, port) as receiver, httpx.AsyncClient() as client:
        for headers, body, status in cases:
            response = await client.post(
                f"http://127.0.0.1:{port}/", headers=headers, content=body.encode()
            )
            assert response.status_code == status, (headers, body)
        assert [await receiver.next_line() for _ in range(2)] == [f"msg_1 {BODY}"] * 2


def test_a_signature_is_the_librarys() -> None:
    keys, now = [new_secret(), new_secret()], datetime.now(UTC)
    ours = signature_of(
        keys, message_id="msg_1", timestamp=int(now.timestamp()), payload=BODY.encode()
    )
    by_library = [signed(secret_text(key), moment=now)["webhook-signature"] for key in keys]
    assert ours == " ".join(by_library)


def test_the_page_is_as_short_and_as_complete_as_it_should_be() -> None:
    [example] = examples_in(PAGE, "python")
    assert len([line for line in example.code.text.splitlines() if line]) <= MOST_LINES
    page = PAGE.read_text()
    assert [it.value for it in WebhookEventType if f"`{it.value}`" not in page] == []
