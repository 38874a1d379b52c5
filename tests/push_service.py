"""A push service and browsers for tests: pushes as RFC 8030 says, decrypted as RFC 8291 says."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.vapid import to_base64

WAIT_SECONDS = 30.0


class Browser:
    """A browser's half of a subscription.

    Args:
        private_key: Its key; a new one when None.
        auth_secret: Its secret; a new one when None.
    """

    def __init__(
        self,
        *,
        private_key: ec.EllipticCurvePrivateKey | None = None,
        auth_secret: bytes | None = None,
    ) -> None:
        self._key = private_key or ec.generate_private_key(ec.SECP256R1())
        self._secret = auth_secret or secrets.token_bytes(16)
        self._point = self._key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.p256dh_key = to_base64(self._point)
        self.auth_secret = to_base64(self._secret)

    def decrypt(self, body: bytes) -> bytes:
        """Decrypt a message of one record, encoded as aes128gcm."""
        salt, length = body[:16], body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._key.exchange(ec.ECDH(), public)
        information = b"WebPush: info\x00" + self._point + sender
        secret = _derived(self._secret, shared, information, 32)
        key = _derived(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derived(salt, secret, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
        assert padded.endswith(b"\x02")  # the last record
        return padded[:-1]


def _derived(salt: bytes, secret: bytes, information: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, information).derive(secret)


@dataclass(frozen=True, slots=True)
class Failure:
    """How a push is answered instead of being taken.

    Attributes:
        status: The answer; 0 hangs up without one.
        headers: Its headers.
        hold: Do not answer at all until the push service ends.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """One request that arrived, whatever it was answered with."""

    headers: Mapping[str, str]
    payload: dict[str, Any]
    time: float


@dataclass(slots=True)
class PushService:
    """A push service with browsers."""

    url: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)
    pushes: list[Push] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    def subscribe(self) -> tuple[str, Browser]:
        """Return the endpoint of a new browser, and the browser."""
        name = secrets.token_urlsafe(16)
        self.browsers[name] = Browser()
        return f"{self.url}/push/{name}", self.browsers[name]

    async def wait_for(self, count: int, *, within: float = WAIT_SECONDS) -> list[Push]:
        """Wait until so many pushes have arrived; return them."""
        async with asyncio.timeout(within):
            while len(self.pushes) < count:  # noqa: ASYNC110 - a request makes it so
                await asyncio.sleep(0.02)
        return self.pushes

    async def _take(self, request: web.Request) -> web.StreamResponse:
        browser = self.browsers[request.match_info["name"]]
        payload = json.loads(browser.decrypt(await request.read()))
        moment = asyncio.get_running_loop().time()
        self.pushes.append(Push(request.headers, payload, moment))
        failure = self.failures.pop(0) if self.failures else Failure(201)
        if failure.hold:
            await self._ended.wait()
        if failure.status == 0 or failure.hold:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=failure.status or 500, headers=failure.headers)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[PushService]:
        """Serve on a free port inside the block."""
        app = web.Application()
        app.router.add_post("/push/{name}", self._take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self._ended.set()
            await runner.cleanup()
