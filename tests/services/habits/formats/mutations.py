"""Damages files as disks, transfers, editors and attackers do."""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from tests.services.habits.formats.loop_files import a_zip, loop_database
from tests.services.habits.formats.sample_files import SAMPLES

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**30,
    -(10**30),
    1e308,
    0.1 + 0.2,
    "",
    "NaN",
    "9999-12-31",
    "1601-01-01",
    "2026-02-30",
    "\x00",
    "\ud800",
    "x" * 5000,
    [],
    {},
    [[]],
    {"a": None},
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_ODD_TEXTS = (
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-1",
    b"10" * 20,
    b"1601-01-01",
    b"\x00",
    b"\xff\xfe",
)


def truncated(data: bytes) -> Iterator[bytes]:
    """Yield a file cut off at each hundredth of its length."""
    for percent in range(100):
        yield data[: len(data) * percent // 100]


def flipped(data: bytes, dice: random.Random) -> bytes:
    """Return a file with some bytes changed."""
    damaged = bytearray(data)
    for _ in range(dice.randrange(1, 30)):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


def spliced(data: bytes, dice: random.Random) -> bytes:
    """Return a file with a piece taken out, doubled or moved."""
    begin, end = sorted((dice.randrange(len(data)), dice.randrange(len(data))))
    piece = data[begin:end]
    return dice.choice([data[:begin] + data[end:], data[:end] + piece + data[end:], piece + data])


def with_odd_numbers(data: bytes, dice: random.Random) -> bytes:
    """Return a file with some of its numbers replaced."""
    return _NUMBER.sub(
        lambda it: dice.choice(_ODD_TEXTS) if dice.random() < 0.1 else it.group(), data
    )


def with_odd_values(document: Any, dice: random.Random) -> Any:
    """Return a JSON value with parts of it replaced, left out or renamed."""
    if dice.random() < 0.04:
        return dice.choice(ODD_VALUES)
    if isinstance(document, dict):
        return {
            (key if dice.random() > 0.02 else key.upper()): with_odd_values(value, dice)
            for key, value in document.items()
            if dice.random() > 0.02
        }
    if isinstance(document, list):
        return [with_odd_values(it, dice) for it in document]
    return document


def _odd_json(data: bytes, dice: random.Random) -> bytes:
    changed = with_odd_values(json.loads(data), dice)
    return json.dumps(changed, ensure_ascii=True).encode()


def _odd_zip(data: bytes, dice: random.Random) -> bytes:
    """Return a zip whose files are damaged inside."""
    files: dict[str, str | bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            content = packed.read(name)
            if name.endswith(".json"):
                content = _odd_json(content, dice)
            elif content:
                content = dice.choice([flipped, spliced, with_odd_numbers])(content, dice)
            if dice.random() > 0.1:
                files[name] = content
    return a_zip(files)


def _odd_database(dice: random.Random) -> bytes:
    """Return a Loop database with values of any type in any column."""
    values = (*ODD_VALUES[:5], 1e308, -1.5, "", "x", b"\xff\x00", 2**63 - 1, -(2**63))
    usable = [it for it in values if not isinstance(it, int) or -(2**63) <= it < 2**63]
    habit = {
        name: dice.choice(usable)
        for name in dice.sample(["name", "color", "type", "freq_num", "freq_den"], 3)
    }
    habit |= {"target_value": dice.choice(usable), "reminder_hour": dice.choice(usable)}
    days: Any = [(1, stamp_of(dice), dice.choice(usable), dice.choice(usable)) for _ in range(9)]
    return loop_database([habit, habit], days, version=dice.randrange(0, 27))


def stamp_of(dice: random.Random) -> object:
    """Return a timestamp: of any year, or none."""
    return dice.choice([stamp_ms(dice), -(10**17), 2**62, None, "x", 1.5])


def stamp_ms(dice: random.Random) -> int:
    """Return a timestamp from 1900 to 2200."""
    return dice.randrange(-2_208_988_800_000, 7_258_118_400_000)


def handmade() -> Iterator[bytes]:
    """Yield the files that somebody would make on purpose."""
    yield from (b"", b"\0" * 5000, b"\xef\xbb\xbf", b"PK\x03\x04", b"SQLite format 3\0")
    yield from (b"[" * 200_000, b'{"habits":' * 50_000, b"[" + b"0," * 100_000 + b"0]")
    yield from (b'{"format":"habit-tracker","version":' + b"9" * 5000 + b"}", b"NaN", b'"\\ud800"')
    header = b"HabitName,HabitDescription,HabitCategory,CalendarDate,Value,CommentText"
    yield header + b"," * 1_000_000 + b"\n"
    yield header + b"\n" + b"a," * 1_000_000
    yield header + b'\n"' + b"x" * 300_000
    yield header + b"\na,,,2026-01-01,1," + "ü".encode("latin-1") + b"\n"
    yield (header + b"\na,,,2026-01-01,1,\n").decode().encode("utf-16")
    yield (header + b"\na,,,2026-01-01,1,\n").decode().encode("utf-16-be")
    yield (header + b"\na,,,2026-01-01,1,\n").decode().encode("utf-32")
    bomb = b"0" * 40_000_000
    yield a_zip({"habits.json": bomb})
    yield a_zip({"Habits.csv": b"Position,Name\n" + b"1,a\n" * 2_000_000})
    yield a_zip({f"{n:03d}/Checkmarks.csv": b"" for n in range(6000)})
    for name in ("../habits.json", "/habits.json", "a/../../habits.json", "C:\\habits.json"):
        yield a_zip({name: b"{}"})
    yield a_zip({"habits.json": SAMPLES["loop"](), "settings.json": b"[]"})
    yield a_zip({"inner.zip": a_zip({"habits.json": bomb})})
    yield _lying_zip()
    yield loop_database([{"name": "x" * 1_000_000}])
    yield loop_database([{}], [(1, stamp_day(n), 2, None) for n in range(-3, 3)])
    wide = ", ".join(f"c{n}" for n in range(1900))
    yield loop_database([{}], statements=["DROP TABLE Habits", f"CREATE TABLE Habits ({wide})"])


def stamp_day(days: int) -> int:
    return days * 86_400_000 * 400_000


def _lying_zip() -> bytes:
    """Return a zip that says that its file is small."""
    data = bytearray(a_zip({"habits.json": b"0" * 10_000_000}))
    size = (10_000_000).to_bytes(4, "little")
    return bytes(data.replace(size, (100).to_bytes(4, "little")))


def corpus(count: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Yield so many damaged files with a name for each: all handmade and truncated ones first."""
    dice = random.Random(seed)
    samples = {name: make() for name, make in SAMPLES.items()}
    made = 0
    for place, data in enumerate(handmade()):
        yield f"handmade {place}", data
        made += 1
    for name, data in samples.items():
        for percent, part in enumerate(truncated(data)):
            yield f"{name} cut at {percent} %", part
            made += 1
    ways: list[Callable[[bytes, random.Random], bytes]] = [flipped, spliced, with_odd_numbers]
    while made < count:
        name = dice.choice(list(samples))
        data = samples[name]
        if name == "loop" and dice.random() < 0.5:
            damaged = _odd_database(dice)
        elif data.startswith(b"PK") and dice.random() < 0.6:
            damaged = _odd_zip(data, dice)
        elif data.startswith(b"{") and dice.random() < 0.6:
            damaged = _odd_json(data, dice)
        else:
            damaged = dice.choice(ways)(data, dice)
        yield f"{name} damaged, number {made}", damaged
        made += 1
