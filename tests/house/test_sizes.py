"""A function does not pass 60 lines, a file 300."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import parsed, python_files, shown

FILE_LINES = 300
FUNCTION_LINES = 60

# path or path::function -> why it may be longer
EXCEPTIONS: dict[str, str] = {}


def long_functions(path: Path) -> list[str]:
    functions = [
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [
        f"{shown(path)}::{node.name}"
        for node in functions
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ]


def test_no_file_passes_300_lines() -> None:
    long = {
        shown(path): lines
        for path in python_files()
        if (lines := len(path.read_text().splitlines())) > FILE_LINES
    }
    assert {path: lines for path, lines in long.items() if path not in EXCEPTIONS} == {}


def test_no_function_passes_60_lines() -> None:
    long = [name for path in python_files() for name in long_functions(path)]
    assert [name for name in long if name not in EXCEPTIONS] == []


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_is_still_needed(name: str) -> None:
    path = next((path for path in python_files() if shown(path) == name.split("::")[0]), None)
    assert path is not None
    assert "::" in name or len(path.read_text().splitlines()) > FILE_LINES
    assert "::" not in name or name in long_functions(path)
