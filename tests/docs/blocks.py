"""The code blocks of a page, and what the page says they answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block of code."""

    language: str
    text: str


@dataclass(frozen=True)
class Example:
    """Something to run, and what comes of it as the page tells; None where it tells nothing."""

    code: Block
    answer: Block | None


def examples_in(page: Path, language: str) -> list[Example]:
    """Return the examples of a page that are written in a language, in their order."""
    return [it for it in _paired(list(_blocks(page))) if it.code.language == language]


def _blocks(page: Path) -> Iterator[Block]:
    for found in _BLOCK.finditer(page.read_text()):
        yield Block(found.group(1), found.group(2))


def _paired(blocks: list[Block]) -> Iterator[Example]:
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language in ("sh", "python"):
            told = following if following and following.language in ("json", "text") else None
            yield Example(block, told)
