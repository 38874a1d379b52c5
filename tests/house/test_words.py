"""Nothing in the tree names a registry, or a folder of somebody's machine."""

import re

from tests.house.tree import ROOT, shown, tracked

# Split, so that this file does not find itself.
REGISTRIES = ("pypi" + ".org", "python" + "hosted", "npm" + "js", "registry." + "npm")
MACHINE_PATHS = re.compile(r"/(?:work|home/[a-z]+|Users/[A-Za-z]+)/(?!\{)")
TEXT = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".sh", ".proto", ".html", ".json", ""}


def texts() -> list[tuple[str, str]]:
    return [(shown(path), path.read_text()) for path in tracked() if path.suffix in TEXT]


def test_no_registry_is_named() -> None:
    found = [path for path, text in texts() for host in REGISTRIES if host in text]
    assert found == []


def test_no_path_of_a_machine_is_named() -> None:
    found = [
        (path, match.group())
        for path, text in texts()
        if path != shown(ROOT / "tests/house/test_words.py")
        for match in MACHINE_PATHS.finditer(text)
    ]
    assert found == []
