"""The docs hold together: links lead somewhere, decisions have one shape."""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, shown, tracked

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
PAGES = [path for path in tracked() if path.suffix == ".md"]
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
SECTIONS = ["## Context", "## Decision", "## Consequences", "## Alternatives"]


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_to_a_file(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", DECISIONS, ids=shown)
def test_a_decision_has_its_four_parts_and_a_line_to_quote(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"^## .+$", text, re.MULTILINE) == SECTIONS
    assert text.split("## Decision")[1].split("## Consequences")[0].strip().startswith("**")


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text()
    assert [page.name for page in DECISIONS if page.name not in index] == []
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
