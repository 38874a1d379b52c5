"""A person's own words inside our sentences, which they must not turn or break."""

import re

LONGEST_SHOWN = 60

_OPENING = "\u2066\u2067\u2068"
_POP = "\u2069"
_DIRECTIONAL = re.compile("[\u0590-\u08ff\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


def fitted(text: str, most: int) -> str:
    """Return a text cut to so many UTF-16 code units, as Telegram counts: an emoji is two."""
    return text.encode("utf-16-le")[: most * 2].decode("utf-16-le", "ignore")


def shown(title: str) -> str:
    """Return a title for a line of text: cut to `LONGEST_SHOWN`, and isolated where it has to be.

    A title with right-to-left letters or controls is put between FSI and PDI (Unicode TR9), so
    that it cannot turn the words around it.
    """
    short = title if len(title) <= LONGEST_SHOWN else title[: LONGEST_SHOWN - 1] + "…"
    return isolated(short)


def isolated(text: str) -> str:
    """Return a text between isolates if it has a direction of its own; else the very same."""
    if not _DIRECTIONAL.search(text):
        return text
    depth, letters = 0, []
    for letter in text:
        if letter in _OPENING:
            depth += 1
        elif letter == _POP:
            if not depth:
                continue  # would end our own isolate
            depth -= 1
        letters.append(letter)
    return "\u2068" + "".join(letters) + _POP * (depth + 1)
