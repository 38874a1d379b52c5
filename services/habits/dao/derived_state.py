"""The derived state of a habit, encoded as the two byte columns of `progress`.

The encoded facts are a flat list of whole numbers: the first day as an ordinal, then for each day
how many days after the one before it lies, and 4 × its amount + its mark.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from rhythm.checkpoint import Checkpoint
from rhythm.errors import CheckpointStale
from rhythm.plan import DayFact, Mark
from rhythm.schedule import Weekday
from rhythm.week_changes import week_changes_from_numbers, week_changes_to_numbers
from services.habits.domain.snapshot import DerivedState

MARKS: tuple[Mark | None, ...] = (None, Mark.DONE, Mark.SKIP, Mark.MISSED)
"""The marks, by their number in rows."""
MARK_NUMBERS: Mapping[Mark | None, int] = {mark: number for number, mark in enumerate(MARKS)}

_MARK_BITS = 2
_encode = msgspec.msgpack.Encoder().encode
_decode_facts = msgspec.msgpack.Decoder(list[int]).decode
_decode_checkpoint = msgspec.msgpack.Decoder(
    tuple[int | list[int], list[int], list[int | float | str | None]]
).decode
_CACHE_SIZE = 4096
_days: dict[int, DayFact] = {}


def fact_of(mark: int, amount: int | None) -> DayFact:
    """Return the evaluator's fact for a row with this mark and amount."""
    return _day((amount or 0) << _MARK_BITS | mark)


def facts_from_bytes(data: bytes) -> dict[date, DayFact]:
    """Decode facts, in order of their days."""
    if not data:
        return {}
    numbers = _decode_facts(data)
    pairs = iter(numbers)
    day, facts = 0, {}
    for step, packed in zip(pairs, pairs, strict=True):
        day += step
        facts[date.fromordinal(day)] = _days.get(packed) or _day(packed)
    return facts


def last_facts_from_bytes(data: bytes, first: date) -> dict[date, DayFact]:
    """Decode the facts of days from `first` on, latest first, without a look at those before."""
    if not data:
        return {}
    numbers = _decode_facts(data)
    day, earliest = sum(numbers[::2]), first.toordinal()
    facts: dict[date, DayFact] = {}
    for place in range(len(numbers) - 2, -1, -2):
        if day < earliest:
            break
        facts[date.fromordinal(day)] = _day(numbers[place + 1])
        day -= numbers[place]
    return facts


def facts_to_bytes(facts: Mapping[date, DayFact]) -> bytes:
    """Encode facts; equal facts make equal bytes."""
    return _encode(list(_numbers(sorted(facts.items()))))


def derived_from_bytes(checkpoint: bytes | None, recent: bytes) -> DerivedState:
    """Decode a derived state from its two columns."""
    facts = facts_from_bytes(recent)
    if checkpoint is None:
        return DerivedState(facts)
    weeks, missing, values = _decode_checkpoint(checkpoint)
    if isinstance(weeks, int):  # stored before week starts had dates
        return DerivedState(facts, is_outdated=True)
    week_start, *changes = weeks
    try:
        known = Checkpoint.from_values(values)
    except CheckpointStale:
        return DerivedState(facts, is_outdated=True)
    return DerivedState(
        facts,
        known,
        Weekday(week_start),
        tuple(map(date.fromordinal, missing)),
        week_changes_from_numbers(changes),
    )


def checkpoint_to_bytes(derived: DerivedState) -> bytes | None:
    """Encode the checkpoint, with the week start and missing dates it was computed with."""
    if derived.checkpoint is None:
        return None
    missing = [day.toordinal() for day in derived.missing]
    weeks = [int(derived.week_start), *week_changes_to_numbers(derived.week_changes)]
    return _encode((weeks, missing, derived.checkpoint.to_values()))


def _numbers(facts: Iterable[tuple[date, DayFact]]) -> Iterator[int]:
    before = 0
    for day, fact in facts:
        ordinal = day.toordinal()
        yield ordinal - before
        yield fact.amount_thousandths << _MARK_BITS | MARK_NUMBERS[fact.mark]
        before = ordinal


def _day(packed: int) -> DayFact:
    """Return the value for a packed day; most days are alike, so it is made once."""
    found = _days.get(packed)
    if found is None:
        found = DayFact(MARKS[packed & (1 << _MARK_BITS) - 1], packed >> _MARK_BITS)
        if len(_days) < _CACHE_SIZE:
            _days[packed] = found
    return found
