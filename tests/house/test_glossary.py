"""Names are the field's terms: none of the words that docs/glossary.md replaced comes back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, parsed, python_files, shown

GLOSSARY = ROOT / "docs/glossary.md"
# Names that said something else than what the class was; the glossary has the present word.
OLD_CLASSES = frozenset(
    {
        "Advice",
        "Appointments",
        "Asked",
        "Asking",
        "Attempts",
        "Book",
        "Desk",
        "Diary",
        "Door",
        "Due",
        "Entrance",
        "Entry",
        "Express",
        "Follower",
        "Found",
        "Gate",
        "Ground",
        "Hashing",
        "Ish",
        "Known",
        "Ledger",
        "Look",
        "Occasion",
        "Order",
        "Pace",
        "Portion",
        "Ring",
        "Standing",
        "Stretch",
        "Subject",
        "Taken",
        "Told",
        "Town",
        "Trouble",
        "Wanted",
        "Work",
        "World",
        "Wound",
    }
)
# Parts of any name: `find_standing`, `HabitKept`, `hear_account_gone`.
OLD_WORDS = frozenset(
    {
        "born",
        "bury",
        "counsel",
        "desk",
        "fate",
        "gone",
        "heard",
        "household",
        "households",
        "kept",
        "ledger",
        "occasion",
        "portion",
        "portions",
        "reaper",
        "standing",
        "standings",
        "told",
        "wound",
    }
)
# First words of functions: `announce_report`, `_tell`.
OLD_VERBS = frozenset(
    {"advise", "announce", "during", "follow", "forget", "hear", "meet", "tell", "wind"}
)
OLD_MODULES = frozenset(
    {
        "appointments",
        "book",
        "express",
        "entrance",
        "facts",
        "ground",
        "kept",
        "ledger",
        "memory",
        "pace",
        "portion",
        "replay",
        "scene",
        "stretch",
        "subject",
        "walk",
        "world",
    }
)
# A name that is a term of its own, although it holds one of the words above.
TERMS: dict[str, str] = {}


def words_of(name: str) -> list[str]:
    """Return the words of a name: `HabitState` and `habit_state` are both habit and state."""
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def is_old_class(name: str) -> bool:
    return name in OLD_CLASSES or bool(OLD_WORDS.intersection(words_of(name)))


def is_old_function(name: str) -> bool:
    words = words_of(name)
    return bool(OLD_WORDS.intersection(words)) or (len(words) > 1 and words[0] in OLD_VERBS)


def is_old_module(name: str) -> bool:
    return name in OLD_MODULES or bool(OLD_WORDS.intersection(words_of(name)))


def old_names(path: Path) -> Iterator[str]:
    """Yield the old names that a file has, or is named by; tests may be called as they like."""
    if is_old_module(path.stem):
        yield f"{shown(path)} is named so"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ClassDef):
            old = is_old_class(node.name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            old = is_old_function(node.name) and not node.name.startswith("test_")
        else:
            continue
        if old and node.name not in TERMS:
            yield f"{shown(path)}:{node.lineno} {node.name}"


def test_no_old_name_comes_back() -> None:
    found = [name for path in python_files() for name in old_names(path)]
    assert found == [], "docs/glossary.md says what it is called now"


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("Standing", True),
        ("HabitStandings", True),
        ("StandingOrder", True),
        ("HabitOrder", False),
        ("Outstanding", False),
        ("EmailTaken", False),
    ],
)
def test_a_class_is_known_by_its_name_or_a_word_of_it(name: str, old: bool) -> None:
    assert is_old_class(name) is old


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("announce_report", True),
        ("_forget_firings", True),
        ("streak_told", True),
        ("publish_report", False),
        ("follow", False),
        ("winding", False),
        ("intelligent", False),
    ],
)
def test_a_function_is_known_by_its_first_word_or_an_old_one(name: str, old: bool) -> None:
    assert is_old_function(name) is old


def entries() -> list[tuple[str, str, str]]:
    """Return the rows of the glossary's tables: word, meaning, names in code."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.*?) ?\|$", GLOSSARY.read_text(), re.MULTILINE)
    return [row for row in rows if row[0] != "word" and not row[0].startswith("---")]


def test_the_glossary_explains_each_word_once() -> None:
    words = [word for word, _, _ in entries()]
    assert len(words) > 30
    assert sorted(words) == sorted(set(words))


def test_what_the_glossary_names_is_there() -> None:
    names: set[str] = set()
    for path in python_files():
        names |= {path.stem, path.parent.name}
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(node.name)
    named = {name for _, _, code in entries() for name in re.findall(r"`(\w+)`", code)}
    paths = {name for _, _, code in entries() for name in re.findall(r"`(\w+/[\w./]*)`", code)}
    assert named - names == set()
    assert {path for path in paths if not (ROOT / path).exists()} == set()
