"""Push services as this service uses them. The libraries are imported when one is first used."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec

from chassis import clock
from chassis.public_addresses import AddressNotPublic, Network, public_socket_factory
from chassis.vapid import read_vapid_key
from services.notifications.domain.push import (
    LONGEST_PAYLOAD_BYTES,
    PushSubscription,
    push_payload,
    time_to_live,
    topic_of,
)
from services.notifications.domain.sending import (
    Delivered,
    Message,
    NotDelivered,
    RateLimited,
    Rejected,
    SendResult,
    Unconfirmed,
    Unreachable,
)

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from webpush import WebPush as Encrypter

DEFAULT_PAUSE = timedelta(minutes=1)
"""For a push service that asks for a pause and does not say how long."""
_LONGEST_DETAIL = 200


class WebPush:
    """Encrypts reminders and hands them to the push services of browsers.

    Args:
        private_key: The VAPID key; kept out of every log.
        contact: The email address that push services are told.
        timeout: Longest a request may take.
        allowed: Networks that may be connected to although they are not public.
    """

    def __init__(
        self,
        private_key: str,
        *,
        contact: str,
        timeout: timedelta,
        allowed: Sequence[Network] = (),
    ) -> None:
        self._private_key = private_key
        self._contact = contact
        self._timeout = timeout
        self._allowed = allowed
        self._opening = asyncio.Lock()
        self._http: ClientSession | None = None
        self._encrypter: Encrypter | None = None

    async def send(self, message: Message, subscription: PushSubscription) -> SendResult:
        """Push a reminder once, and say what came of it."""
        http, encrypter = await self._opened()
        from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError, InvalidURL

        headers, body = _encrypted(encrypter, message, subscription, now=clock.now())
        try:
            async with http.post(
                subscription.endpoint, data=body, headers=headers, allow_redirects=False
            ) as response:
                return await _result_of(response)
        except InvalidURL as error:
            return Rejected(f"The endpoint cannot be used: {error}")
        except ClientConnectorError as error:
            if isinstance(error.os_error, AddressNotPublic):
                return Rejected(str(error.os_error))
            return NotDelivered(f"The push service cannot be reached: {error}")
        except ConnectionTimeoutError as error:
            return NotDelivered(f"The push service cannot be reached: {error}")
        except (ClientError, TimeoutError) as error:
            return Unconfirmed(f"The push service did not answer: {error!r}")

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    async def _opened(self) -> "tuple[ClientSession, Encrypter]":
        """Return the clients; the first time, import the libraries beside the running work."""
        async with self._opening:
            if self._http is None or self._encrypter is None:
                self._encrypter = await asyncio.to_thread(
                    _open_encrypter, self._private_key, self._contact
                )
                self._http = _open_http(self._timeout, self._allowed)
            return self._http, self._encrypter


def _open_encrypter(private_key: str, contact: str) -> "Encrypter":
    import aiohttp  # noqa: F401 - imported here, beside the running work
    from cryptography.hazmat.primitives import serialization as form
    from webpush import WebPush as Encrypter

    key = read_vapid_key(private_key)
    public = key.public_key().public_bytes(
        form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return Encrypter(private, public, subscriber=contact)


def _open_http(timeout: timedelta, allowed: Sequence[Network]) -> "ClientSession":
    from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

    return ClientSession(
        connector=TCPConnector(socket_factory=public_socket_factory(allowed)),
        timeout=ClientTimeout(total=timeout.total_seconds()),
        cookie_jar=DummyCookieJar(),
    )


def _encrypted(
    encrypter: "Encrypter", message: Message, subscription: PushSubscription, *, now: datetime
) -> tuple[dict[str, str], bytes]:
    """Return headers and body of a push."""
    from webpush.types import WebPushSubscription

    target = WebPushSubscription.model_validate(
        {
            "endpoint": subscription.endpoint,
            "keys": {"p256dh": subscription.p256dh_key, "auth": subscription.auth_secret},
        }
    )
    pushed = encrypter.get(_payload_bytes(push_payload(message)), target)
    headers = {**pushed.headers} | {
        "ttl": str(int(time_to_live(message, now=now).total_seconds())),
        "topic": topic_of(message),
        "urgency": "high",
        "content-type": "application/octet-stream",
    }
    return {name: str(value) for name, value in headers.items()}, pushed.encrypted


def _payload_bytes(payload: dict[str, Any]) -> bytes:
    """Write a payload as JSON; its text is cut where it would be too long."""
    written = msgspec.json.encode(payload)
    while len(written) > LONGEST_PAYLOAD_BYTES and payload["body"]:
        payload = payload | {"body": payload["body"][: len(payload["body"]) // 2].rstrip() + "…"}
        written = msgspec.json.encode(payload)
    return written


async def _result_of(response: "ClientResponse") -> SendResult:
    status = response.status
    if 200 <= status < 300:
        return Delivered()
    body = (await response.content.read(_LONGEST_DETAIL)).decode(errors="replace").strip()
    detail = f"The push service answered {status}. {body}".strip()
    if status in (404, 410):
        return Unreachable(detail)
    pause = _pause_of(response)
    if status == 429:
        return RateLimited(pause or DEFAULT_PAUSE)
    if status >= 500:
        return RateLimited(pause) if pause else NotDelivered(detail)
    return Rejected(detail)


def _pause_of(response: "ClientResponse") -> timedelta | None:
    """Return how long the push service asks to wait: seconds, or the moment at which to go on."""
    text = response.headers.get("Retry-After", "")
    if text.isdecimal():
        return timedelta(seconds=int(text[:9]))
    try:
        return max(parsedate_to_datetime(text).astimezone(UTC) - clock.now(), timedelta())
    except ValueError:
        return None
