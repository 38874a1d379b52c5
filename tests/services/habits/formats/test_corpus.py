"""Two thousand damaged files: each is parsed or refused with a reason, and none does harm."""

import io
import json
import tempfile
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Refusal
from services.habits.formats.lines import FileLine, read_lines, write_lines
from services.habits.formats.recognize import parse_file
from tests.services.habits.formats.mutations import corpus
from tests.services.habits.formats.sample_files import SAMPLES

COUNT = 2_100
REASONS = (
    "IMPORT_FILE_UNKNOWN",
    "IMPORT_FILE_BROKEN",
    "IMPORT_FILE_TOO_LARGE",
    "IMPORT_FILE_TOO_NEW",
    "IMPORT_TOO_MANY_ROWS",
)
MEMBERS = (
    *("habits", "records", "events", "tasks", "dailys", "history", "format", "version"),
    *("id", "name", "title", "day", "date", "period", "days", "versions", "frequency"),
)


def parsed_or_refusal(path: Path) -> str:
    """Parse a file as the child process does; return why it is refused, or its source."""
    try:
        file = parse_file(path, source="", zone=ZoneInfo("UTC"))
    except Refusal as refusal:
        return refusal.reason if refusal.message else "no message"
    lines = io.BytesIO()
    write_lines(file, lines)
    lines.seek(0)
    return next(it.source for it in read_lines(lines) if isinstance(it, FileLine))


def test_damaged_files_are_parsed_or_refused() -> None:
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for name, data in corpus(COUNT):
            path.write_bytes(data)
            try:
                found[parsed_or_refusal(path)] += 1
            except BaseException as error:
                error.add_note(name)
                raise
        assert [it.name for it in Path(folder).iterdir()] == ["file"]  # no journal, nothing else
    assert set(found) <= {*SAMPLES, *REASONS}
    assert found.total() == COUNT
    assert len(found) > len(SAMPLES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=6)
    ),
    max_leaves=40,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["habits", "tasks", "format", "version"]), JSON))
def test_any_json_is_parsed_or_refused(document: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(json.dumps(document).encode())
        assert parsed_or_refusal(path) in {*SAMPLES, *REASONS}
