"""The picture renderer: hands content to the drawing process, and caches what was drawn."""

import asyncio
import contextlib
import hashlib
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict

from chassis.errors import Unavailable
from services.analytics.domain.picture import Picture, PictureContent, PictureStyle
from services.analytics.pictures.frames import HEADER, encode_request

_START_SECONDS = 30.0
_DRAW_SECONDS = 15.0
_IDLE_SECONDS = 300.0
_CLOSE_SECONDS = 2.0
_MAX_WAITING = 20
_CACHE_BYTES = 16 * 1024 * 1024

_log = logging.getLogger(__name__)


class PictureRenderer:
    """Draws pictures one after another in a child process, started when first needed.

    The child is stopped after five minutes without work, so that its memory (about 90 MB) is free
    again, and killed when a picture takes longer than 15 seconds. Files are cached by the digest
    of their content and style, so that a cached picture is never stale.
    """

    def __init__(self, *, cache_bytes: int = _CACHE_BYTES, idle_seconds: float = _IDLE_SECONDS):
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._cached_bytes = 0
        self._max_cached_bytes = cache_bytes
        self._idle_seconds = idle_seconds
        self._lock = asyncio.Lock()
        self._drawing: dict[str, asyncio.Task[bytes]] = {}
        self._process: Process | None = None
        self._idle: asyncio.TimerHandle | None = None

    async def render(self, content: PictureContent, style: PictureStyle) -> Picture:
        """Return the picture of a content.

        Raises:
            Unavailable: Too many pictures wait, or this one could not be drawn in time.
        """
        request = encode_request(content, style)
        etag = hashlib.sha256(request).hexdigest()[:32]
        data = self._cached(etag)
        if data is None:
            data = await self._draw_in_turn(etag, request)
        return Picture(data, style.format.content_type, content.alt_text, etag)

    async def warm(self) -> None:
        """Draw a small picture, so that the first one asked for finds imports and fonts ready."""
        content = PictureContent(title="Привет 👋", subtitle="", note="Hello", alt_text="")
        with contextlib.suppress(Unavailable):
            await self.render(content, PictureStyle(width_px=320))

    async def close(self) -> None:
        """Stop the drawing process, and give up on what it draws."""
        drawing = list(self._drawing.values())
        for task in drawing:
            task.cancel()
        await asyncio.gather(*drawing, return_exceptions=True)
        if self._idle is not None:
            self._idle.cancel()
        async with self._lock:
            await self._stop()

    async def _draw_in_turn(self, etag: str, request: bytes) -> bytes:
        """Draw and cache a picture. A caller who gives up leaves it to be finished for the next."""
        drawing = self._drawing.get(etag)
        if drawing is None:
            if len(self._drawing) >= _MAX_WAITING:
                raise Unavailable("Too many pictures wait to be drawn. Try again in a moment.")
            drawing = asyncio.create_task(self._draw(etag, request))
            self._drawing[etag] = drawing
            drawing.add_done_callback(lambda _: self._drawing.pop(etag))
        return await asyncio.shield(drawing)

    async def _draw(self, etag: str, request: bytes) -> bytes:
        async with self._lock:
            try:
                async with asyncio.timeout(_START_SECONDS):
                    sink, source = await self._started()
                async with asyncio.timeout(_DRAW_SECONDS):
                    sink.write(HEADER.pack(len(request)) + request)
                    data = await _read_frame(source)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
                await self._stop()
                _log.exception("a picture could not be drawn")
                raise Unavailable("The picture could not be drawn.") from error
            self._stop_when_idle()
        self._keep(etag, data)
        return data

    async def _started(self) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        """Return the input and the output of the drawing process; start it if it is not running."""
        is_new = self._process is None or self._process.returncode is not None
        if is_new:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.analytics.pictures", stdin=PIPE, stdout=PIPE
            )
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The drawing process was started without pipes.")
        if is_new:
            await _read_frame(self._process.stdout)  # an empty one: matplotlib is imported
        return self._process.stdin, self._process.stdout

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.wait_for(process.wait(), _CLOSE_SECONDS)

    def _stop_when_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(self._idle_seconds, self._stop_now)

    def _stop_now(self) -> None:
        """Close the child's input, so that it ends by itself; the next picture starts another."""
        if self._lock.locked():
            self._stop_when_idle()
            return
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()

    def _cached(self, etag: str) -> bytes | None:
        data = self._cache.get(etag)
        if data is not None:
            self._cache.move_to_end(etag)
        return data

    def _keep(self, etag: str, data: bytes) -> None:
        if etag in self._cache:
            return
        self._cache[etag] = data
        self._cached_bytes += len(data)
        while self._cached_bytes > self._max_cached_bytes:
            _, oldest = self._cache.popitem(last=False)
            self._cached_bytes -= len(oldest)


async def _read_frame(source: asyncio.StreamReader) -> bytes:
    header = await source.readexactly(HEADER.size)
    return await source.readexactly(HEADER.unpack(header)[0])
