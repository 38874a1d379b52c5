"""The web app's files: what is served, how, and that the vendored ones are what they say."""

import gzip
import posixpath
import re
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from edge.web.files import FOLDER, WebFiles
from tests.edge.servers import running_edge

MOST_FIRST_LOAD_BYTES = 120 * 1024


@pytest.fixture
async def edge() -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge() as client:
        yield client


async def test_the_root_is_the_app_under_a_strict_policy(edge: httpx.AsyncClient) -> None:
    response = await edge.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    policy = response.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy


async def test_telegram_alone_may_show_the_app_in_a_frame_and_only_its_page(
    edge: httpx.AsyncClient,
) -> None:
    page, mini_app = await edge.get("/"), await edge.get("/telegram")
    assert mini_app.content == page.content
    assert page.headers["x-frame-options"] == "DENY"
    assert "x-frame-options" not in mini_app.headers
    policies = [it.headers["content-security-policy"] for it in (page, mini_app)]
    assert [it.split("frame-ancestors ")[1] for it in policies] == [
        "'none'",
        "https://web.telegram.org",
    ]


async def test_no_file_has_inline_script_or_style(edge: httpx.AsyncClient) -> None:
    page = (await edge.get("/")).text
    assert "<style" not in page
    assert "style=" not in page
    assert all('src="' in tag for tag in page.split("<script")[1:])


async def test_every_listed_file_is_served_with_its_tag_and_asked_for_once(
    edge: httpx.AsyncClient,
) -> None:
    files = (await edge.get("/web/files.json")).json()
    assert "src/main.js" in files
    for name, tag in files.items():
        response = await edge.get(f"/web/{name}")
        assert (response.status_code, response.headers["etag"]) == (200, tag), name
        again = await edge.get(f"/web/{name}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "../pyproject.toml",
        "..%2fpyproject.toml",
        "vendor/renew.sh",
        "src",
        "",
        "package.json",
        "a\0",
    ],
)
async def test_nothing_else_is_served(edge: httpx.AsyncClient, name: str) -> None:
    assert (await edge.get(f"/web/{name}".replace("\0", "%00"))).status_code in (404, 422)


def imported(name: str, found: dict[str, None]) -> dict[str, None]:
    """Add a module and all that it imports at once, by their paths below the folder."""
    if name not in found:
        found[name] = None
        text = (FOLDER / name).read_text()
        for path in re.findall(r'\b(?:from|import) ?"(\.[^"]+)"', text):
            imported(posixpath.normpath(posixpath.join(posixpath.dirname(name), path)), found)
    return found


async def test_what_the_board_needs_is_asked_for_at_once_and_small(
    edge: httpx.AsyncClient,
) -> None:
    """The page names every module that the board imports: no round trip for each level.

    The first begins with the session and the day, so it comes before all others.
    """
    page = (FOLDER / "index.html").read_text()
    named = re.findall(r'<(?:script|link) [^>]*(?:src|href)="/web/((?:src|vendor)/[^"]+)"', page)
    modules = list(imported("src/main.js", {}))
    assert sorted(named) == sorted(modules)
    assert named[0] == "src/api.js"
    total = 0
    for name in ("index.html", "style.css", *modules):
        request = edge.build_request("GET", f"/web/{name}", headers={"Accept-Encoding": "gzip"})
        response = await edge.send(request, stream=True)
        total += len(b"".join([part async for part in response.aiter_raw()]))
    assert total <= MOST_FIRST_LOAD_BYTES, (len(modules) + 2, total)


async def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("one")
    files = WebFiles(tmp_path)
    first = files.get("index.html")
    (tmp_path / "index.html").write_text("another")
    second = files.get("index.html")
    assert first is not None
    assert second is not None
    assert (first.body, second.body) == (b"one", b"another")
    assert first.etag != second.etag


def test_the_compressed_form_is_the_same_file() -> None:
    file = WebFiles().get("style.css")
    assert file is not None
    assert file.compressed is not None
    assert gzip.decompress(file.compressed) == file.body


def test_vendored_files_are_what_the_list_says() -> None:
    """`web/vendor/renew.sh` writes them and the list; nobody edits them."""
    vendor = FOLDER / "vendor"
    lines = [line.split() for line in (vendor / "versions.txt").read_text().splitlines()]
    assert {line[0] for line in lines} == {
        path.name for path in vendor.iterdir() if path.suffix in (".js", ".css")
    }
    for name, _package, _version, digest in lines:
        assert sha256((vendor / name).read_bytes()).hexdigest() == digest, name
