"""Deliveries go nowhere but to the public internet and to allowed networks."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chassis.ids import uuid7
from chassis.public_addresses import parse_networks
from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhook_deliveries import AttemptResult, ClaimedDelivery
from services.notifications.domain.webhook_errors import WebhookUrlInvalid
from services.notifications.webhook_client import Resolve, WebhookClient
from tests.services.notifications.webhooks.conftest import LOOPBACK, receiving

NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::10.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "2001:0:1::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    policy = AddressPolicy()
    assert policy.problem_of(address, scheme="https") == "is in a network that is not public"
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(WebhookUrlInvalid):
        policy.check_url(f"https://{literal}/")


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_is_sent_https_only(address: str) -> None:
    for policy in (AddressPolicy(), LOOPBACK):
        assert policy.problem_of(address, scheme="https") == ""
        assert policy.problem_of(address, scheme="http") == "is not https"


def test_an_allowed_network_is_sent_http_too() -> None:
    policy = AddressPolicy(parse_networks(["192.168.1.0/24", "fd00::/8"]))
    for address in ("192.168.1.7", "::ffff:192.168.1.7", "fd00::7"):
        assert policy.problem_of(address, scheme="http") == ""
    assert policy.problem_of("192.168.2.7", scheme="https") != ""
    policy.check_url("http://kitchen.lan:8123/api/webhook/abc?x=%20")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "http://hooks.example/",
        "ftp://hooks.example/",
        "https:///path",
        "https://user:password@hooks.example/",
        "https://hooks.example/#fragment",
        "https://hooks.example/ space",
        "https://hooks.example\\@10.0.0.1/",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://[::1/",
        "https://localhost/",
        "https://app.localhost./",
        "https://münchen.example/",
        "https://hooks.example/" + "x" * 2048,
    ],
)
def test_a_url_that_cannot_be(url: str) -> None:
    with pytest.raises(WebhookUrlInvalid):
        AddressPolicy().check_url(url)


def a_delivery(url: str) -> ClaimedDelivery:
    now = datetime.now(UTC)
    return ClaimedDelivery(
        id=uuid7(),
        webhook_id=uuid7(),
        url=url,
        keys=(b"0123456789abcdef01234567",),
        payload="{}",
        start_time=now,
        retry_count=1,
        claim_time=now,
    )


async def post(
    url: str, *, resolve: Resolve | None = None, policy: AddressPolicy = LOOPBACK
) -> AttemptResult:
    client = WebhookClient(policy, timeout=timedelta(seconds=5), resolve=resolve)
    return await client.post(a_delivery(url), now=datetime.now(UTC))


class Listener:
    """Counts the connections to an address."""

    def __init__(self) -> None:
        self.connections = 0

    async def accept(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


async def test_a_name_is_not_rebound_between_check_and_connection() -> None:
    """Each attempt resolves once, and an address that is refused is never connected to."""
    listener = Listener()
    async with receiving("127.0.0.1") as receiver:
        port = int(receiver.url.rpartition(":")[2].partition("/")[0])
        server = await asyncio.start_server(listener.accept, "127.0.0.2", port)
        receiver.secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
        answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2", "127.0.0.1"]]
        asked: list[str] = []

        async def resolve(host: str, _: int) -> list[str]:
            asked.append(host)
            return answers[len(asked) - 1]

        url = f"http://rebinding.example:{port}/hook"
        first = await post(url, resolve=resolve)
        second = await post(url, resolve=resolve)
        third = await post(url, resolve=resolve)
        server.close()
        await server.wait_closed()
    assert first.status_code == 204
    assert (second.status_code, second.detail) == (
        0,
        "Nothing was sent: the address of the receiver is in a network that is not public.",
    )
    assert third.status_code == 204  # by the address that is allowed
    assert (len(asked), len(receiver.requests), listener.connections) == (3, 2, 0)


@pytest.mark.parametrize("host", ["127.0.0.2", "127.1", "0x7f000002", "2130706434", "localhost"])
async def test_an_address_in_any_notation_is_not_connected_to(host: str) -> None:
    listener = Listener()
    server = await asyncio.start_server(listener.accept, "127.0.0.2", 0)
    port = server.sockets[0].getsockname()[1]
    result = await post(f"https://{host}:{port}/", policy=AddressPolicy())
    server.close()
    await server.wait_closed()
    assert (result.status_code, listener.connections) == (0, 0)
    assert result.detail != ""


async def test_a_redirect_is_not_followed() -> None:
    from aiohttp import web

    async def respond(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with receiving() as receiver:
        receiver.secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
        receiver.respond = respond
        result = await post(receiver.url)
    assert (result.status_code, result.accepted, len(receiver.requests)) == (307, False, 1)


async def test_what_cannot_be_reached_is_said_in_words() -> None:
    async def resolve(_: str, __: int) -> list[str]:
        raise OSError("no such name")

    assert (await post("http://nowhere.example/", resolve=resolve)).detail == (
        "The name of the receiver does not resolve to an address."
    )
    async with receiving() as receiver:
        plain = receiver.url
    assert (await post(plain)).detail == "The receiver cannot be connected to."
    async with receiving() as receiver:
        result = await post(receiver.url.replace("http:", "https:"))
    assert (result.status_code, result.detail) == (0, "The receiver has no valid certificate.")
