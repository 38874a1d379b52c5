"""The Bot API's HTML: text and entities out of it, or the refusal that Telegram would give."""

from __future__ import annotations

import html
import re
from typing import Any

from local.telegram.errors import BadRequest

ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^<>]*)?)>")
HREF = re.compile(r"""href\s*=\s*["']([^"']*)["']""")
COMMAND = re.compile(r"(?:^|(?<=\s))/[a-zA-Z0-9_]{1,32}(?:@\w+)?")


def utf16_length(text: str) -> int:
    """Count as Telegram does: in UTF-16 code units, so an emoji is mostly two."""
    return len(text.encode("utf-16-le")) // 2


def parse(markup: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the plain text and its entities.

    Raises:
        BadRequest: A tag is unknown, unmatched or never closed, with the byte where it stands.
    """
    text, open_tags, entities, at = "", [], [], 0
    while at < len(markup):
        where = markup.find("<", at)
        text += html.unescape(markup[at : where if where >= 0 else len(markup)])
        if where < 0:
            break
        tag, offset = TAG.match(markup, where), len(markup[:where].encode())
        if tag is None:
            raise _unparsable(f'Unsupported start tag "" at byte offset {offset}')
        shutdown, name, attributes = tag[1], tag[2].lower(), tag[3]
        if not shutdown:
            if name not in ENTITY_OF_TAG:
                raise _unparsable(f'Unsupported start tag "{name}" at byte offset {offset}')
            open_tags.append((name, attributes, utf16_length(text)))
        else:
            if not open_tags:
                raise _unparsable(f"Unexpected end tag at byte offset {offset}")
            expected, attributes, start = open_tags.pop()
            if expected != name:
                raise _unparsable(
                    f"Unmatched end tag at byte offset {offset}, "
                    f'expected "</{expected}>", found "</{name}>"'
                )
            if length := utf16_length(text) - start:
                entities.append(_entity(name, attributes, start, length))
        at = tag.end()
    if open_tags:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return text, sorted(entities, key=lambda one: (one["offset"], -one["length"]))


def commands_in(text: str) -> list[dict[str, Any]]:
    """Return the `bot_command` entities of a person's words."""
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found[0]),
        }
        for found in COMMAND.finditer(text)
    ]


def _entity(name: str, attributes: str, offset: int, length: int) -> dict[str, Any]:
    entity = {"type": ENTITY_OF_TAG[name], "offset": offset, "length": length}
    if name == "a" and (href := HREF.search(attributes)):
        entity["url"] = html.unescape(href[1])
    return entity


def _unparsable(why: str) -> BadRequest:
    return BadRequest(f"can't parse entities: {why}")
