"""The web app's files: `/` and `/web/…`, as they are in the folder `web/` of the repository."""

import gzip
import json
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from edge.entity_tags import tagged_response

FOLDER = Path(__file__).resolve().parents[2] / "web"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors "
)
POLICY = _POLICY + "'none'"
MINI_APP_PATH = "/telegram"
"""The page that Telegram opens; its web version shows it in a frame."""
MINI_APP_POLICY = _POLICY + "https://web.telegram.org"
_SERVED = frozenset((".html", ".css", ".js", ".svg", ".png", ".webmanifest"))
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}
_LEAST_COMPRESSED = 512
_SHELL = "files.json"


@dataclass(frozen=True)
class WebFile:
    """One file, ready to be sent."""

    body: bytes
    media_type: str

    @cached_property
    def etag(self) -> str:
        """Its entity tag, which changes with its content."""
        return f'"{sha256(self.body).hexdigest()[:20]}"'

    @cached_property
    def compressed(self) -> bytes | None:
        """Its gzip form; None where that is no gain."""
        worth = len(self.body) >= _LEAST_COMPRESSED and self.media_type != "image/png"
        return gzip.compress(self.body, 9, mtime=0) if worth else None

    def response(self, request: Request) -> Response:
        """Return the response to a request: whole, compressed, or "you have it" (304)."""
        accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")
        compressed = self.compressed if accepts_gzip else None
        response = tagged_response(
            compressed or self.body,
            etag=self.etag,
            if_none_match=request.headers.get("if-none-match"),
            media_type=self.media_type,
            headers={"Cache-Control": "no-cache", "Vary": "Accept-Encoding"},
        )
        if compressed and response.body:
            response.headers["Content-Encoding"] = "gzip"
        return response


class WebFiles:
    """The files of a folder. Each is read once; a changed one is noticed by its time and size."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._read: dict[str, tuple[tuple[int, int], WebFile]] = {}

    def names(self) -> list[str]:
        """Return the paths below the folder that are served, sorted."""
        found = (path for path in self._folder.rglob("*") if path.suffix in _SERVED)
        names = (path.relative_to(self._folder).as_posix() for path in found)
        return sorted(name for name in names if "node_modules/" not in name)

    def get(self, name: str) -> WebFile | None:
        """Return a file by its path below the folder; None when there is none to be served."""
        path = self._folder / name
        if path.suffix not in _SERVED or ".." in path.parts or "node_modules" in path.parts:
            return None
        try:
            stat = path.stat()
        except (OSError, ValueError):
            return None
        known = self._read.get(name)
        if known is None or known[0] != (stat.st_mtime_ns, stat.st_size):
            guessed = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0]
            file = WebFile(path.read_bytes(), guessed or "application/octet-stream")
            known = self._read[name] = (stat.st_mtime_ns, stat.st_size), file
        return known[1]

    def shell(self) -> WebFile:
        """Return the list of all files with their tags: what a browser keeps to work offline."""
        files = {name: file.etag for name in self.names() if (file := self.get(name))}
        return WebFile(json.dumps(files).encode(), "application/json")

    def routes(self) -> list[BaseRoute]:
        """Return the routes that serve the files."""
        return [
            Route("/", self._serve_page, name="web_page"),
            Route(MINI_APP_PATH, self._serve_page, name="mini_app_page"),
            Route("/web/{name:path}", self._serve_file, name="web_file"),
        ]

    async def _serve_page(self, request: Request) -> Response:
        return self._respond(request, "index.html")

    async def _serve_file(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        if name == _SHELL:
            return self.shell().response(request)
        return self._respond(request, name)

    def _respond(self, request: Request, name: str) -> Response:
        file = self.get(name)
        if file is None:
            raise HTTPException(404)
        response = file.response(request)
        if name == "sw.js":
            response.headers["Service-Worker-Allowed"] = "/"
        return response
