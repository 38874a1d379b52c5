"""A real browser for tests: headless Chromium, driven over its own DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_SECONDS = 30
WAIT_SECONDS = 15.0
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--mute-audio")


class Page:
    """One browser page: open an address, run JavaScript, wait until something is true."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def visit(self, url: str) -> None:
        """Open an address and wait until all of it is there."""
        await self._call("Page.navigate", url=url)
        await self.until("location.href !== 'about:blank' && document.readyState === 'complete'")

    async def run(self, script: str) -> Any:
        """Return the value of a JavaScript expression, a promise's included.

        Raises:
            AssertionError: The script threw.
        """
        answer = await self._call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, f"{script}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    async def sees(self, words: str) -> None:
        """Wait until the page shows these words."""
        await self.until(f"document.body.innerText.includes({json.dumps(words)})")

    async def until(self, condition: str) -> None:
        """Wait until a JavaScript expression is true."""
        end = time.monotonic() + WAIT_SECONDS
        while not await self.run(condition):
            shown = await self.run("document.body?.innerText")
            assert time.monotonic() < end, f"never true: {condition}; the page shows {shown!r}"
            await asyncio.sleep(0.05)

    async def click(self, words: str) -> None:
        """Press the button that says these words."""
        button = "[...document.querySelectorAll('button')].find((one) => one.offsetParent && "
        await self.run(f"{button} one.textContent.trim() === {json.dumps(words)}).click()")

    async def type(self, label: str, words: str) -> None:
        """Type into the field with this label, and press Enter."""
        await self.run(f"document.querySelector({json.dumps(f'[aria-label="{label}"]')}).focus()")
        await self._call("Input.insertText", text=words)
        for kind in ("keyDown", "keyUp"):
            key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
            await self._call("Input.dispatchKeyEvent", type=kind, **key)

    async def picture(self, file: Path) -> None:
        """Keep what the page shows as a PNG."""
        answer = await self._call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(file.write_bytes, base64.b64decode(answer["data"]))

    async def prefer(self, scheme: str) -> None:
        """Ask for `light` or `dark` colors, as a person's system does."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self._call("Emulation.setEmulatedMedia", features=features)

    async def _call(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(WAIT_SECONDS):
            while (answer := await self._socket.receive_json()).get("id") != number:
                pass  # an event of the page, or an answer to a call that timed out
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]


@asynccontextmanager
async def a_page(*, width: int = 1000, height: int = 760) -> AsyncIterator[Page]:
    """Provide an empty page of a browser of its own; skip the test where there is no browser."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    home = Path(tempfile.mkdtemp(prefix="habits-browser-"))
    words = [*FLAGS, f"--user-data-dir={home}", f"--window-size={width},{height}"]
    browser = await asyncio.create_subprocess_exec(
        program,
        *words,
        "--remote-debugging-port=0",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port = await _port_of(home)
        async with aiohttp.ClientSession() as session:
            async with session.put(f"http://127.0.0.1:{port}/json/new") as answer:
                address = (await answer.json())["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        with suppress(ProcessLookupError):
            browser.send_signal(signal.SIGTERM)
        await browser.wait()
        shutil.rmtree(home, ignore_errors=True)


async def _port_of(home: Path) -> str:
    """Wait for the file into which Chromium writes its port."""
    file = home / "DevToolsActivePort"
    end = time.monotonic() + START_SECONDS
    while not (lines := file.read_text().splitlines() if file.exists() else []):
        assert time.monotonic() < end, "the browser did not start"
        await asyncio.sleep(0.05)
    return lines[0]
