"""What is derived of a habit's days, as two small packets of bytes beside them.

A packet of facts is a flat list of whole numbers: the first day as an ordinal, then for each day
how many days after the one before it lies, and 4 × its amount + its mark.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from rhythm.checkpoint import Checkpoint
from rhythm.plan import DayFact, Mark
from rhythm.schedule import Weekday
from services.habits.domain.snapshot import DerivedState

MARKS: tuple[Mark | None, ...] = (None, Mark.DONE, Mark.SKIP, Mark.MISSED)
"""By the number that stands for each in rows."""
MARK_NUMBERS: Mapping[Mark | None, int] = {mark: number for number, mark in enumerate(MARKS)}

_MARK_BITS = 2
_encode = msgspec.msgpack.Encoder().encode
_decode_facts = msgspec.msgpack.Decoder(list[int]).decode
_decode_checkpoint = msgspec.msgpack.Decoder(
    tuple[int, list[int], list[int | float | str | None]]
).decode
_CACHE_SIZE = 4096
_days: dict[int, DayFact] = {}


def fact_of(mark: int, amount: int | None) -> DayFact:
    """Return what the evaluator is told of a row with this mark and amount."""
    return _day((amount or 0) << _MARK_BITS | mark)


def facts_from_bytes(data: bytes) -> dict[date, DayFact]:
    """Return the facts of a packet, in order of their days."""
    if not data:
        return {}
    numbers = _decode_facts(data)
    pairs = iter(numbers)
    day, facts = 0, {}
    for step, packed in zip(pairs, pairs, strict=True):
        day += step
        facts[date.fromordinal(day)] = _days.get(packed) or _day(packed)
    return facts


def facts_to_bytes(facts: Mapping[date, DayFact]) -> bytes:
    """Return the packet of these facts; equal facts make equal packets."""
    return _encode(list(_numbers(sorted(facts.items()))))


def derived_from_bytes(checkpoint: bytes | None, recent: bytes) -> DerivedState:
    """Return what two packets hold."""
    facts = facts_from_bytes(recent)
    if checkpoint is None:
        return DerivedState(facts)
    week_start, missing, values = _decode_checkpoint(checkpoint)
    return DerivedState(
        facts,
        Checkpoint.from_values(values),
        Weekday(week_start),
        tuple(map(date.fromordinal, missing)),
    )


def checkpoint_to_bytes(derived: DerivedState) -> bytes | None:
    """Return the packet of the checkpoint, with what it was counted by."""
    if derived.checkpoint is None:
        return None
    missing = [day.toordinal() for day in derived.missing]
    return _encode((int(derived.week_start), missing, derived.checkpoint.to_values()))


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
