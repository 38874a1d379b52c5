"""Text that people write: what can be stored, and one spelling for what looks the same."""

import unicodedata

from chassis.errors import InvalidArgument, Violation

# Blank characters that Unicode does not class as spaces or format characters: Hangul fillers, the
# empty braille pattern, the combining grapheme joiner.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
_INVISIBLE_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"))
_EDGE_CHARACTERS = "\u200b\u2060\ufeff"


class TextUnreadable(InvalidArgument):
    """A text holds U+0000 or half of a surrogate pair, which no database stores. Leave it out."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{field} holds a character that is no text (U+0000 or a lone surrogate). "
            "Leave it out.",
            violations=[Violation(field, "holds a character that is no text")],
            field=field,
        )


class TextNotOneLine(InvalidArgument):
    """A name such as a title, a unit or a tag holds a line break or another control character."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{field} has a line break or another control character in it. Write it in one line.",
            violations=[Violation(field, "must be one line without control characters")],
            field=field,
        )


class TextInvisible(InvalidArgument):
    """A name holds only characters that nobody can see, such as zero-width spaces."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{field} holds only invisible characters. Write something that can be seen.",
            violations=[Violation(field, "must hold a visible character")],
            field=field,
        )


def is_readable(text: str) -> bool:
    """Return whether a text can be encoded in UTF-8 and stored by PostgreSQL."""
    if "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def normalize(text: str) -> str:
    """Return a text in NFC, without white space and zero-width spaces at its ends."""
    before, after = "", unicodedata.normalize("NFC", text)
    while before != after:
        before, after = after, after.strip().strip(_EDGE_CHARACTERS)
    return after


def normalize_line(text: str, field: str) -> str:
    """Return a name of one line, normalized; it may be empty.

    Raises:
        TextNotOneLine: It holds a line break or another control character.
        TextInvisible: It is not empty, yet nothing of it is visible.
    """
    line = normalize(text)
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in line):
        raise TextNotOneLine(field)
    if line and not is_visible(line):
        raise TextInvisible(field)
    return line


def is_visible(text: str) -> bool:
    """Return whether a text holds a character that can be seen."""
    return any(
        character not in _BLANK and unicodedata.category(character) not in _INVISIBLE_CATEGORIES
        for character in text
    )
