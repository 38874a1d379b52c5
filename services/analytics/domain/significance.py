"""Exact tests of whether a difference can be chance, and the correction for testing several.

Counts here are days of a year at most, so that exact tests cost no more than approximate ones.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt
from typing import NamedTuple

_SAME = 1 + 1e-7
"""Two probabilities within rounding are one."""


class Table(NamedTuple):
    """Days by two properties: a fourfold table."""

    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def total(self) -> int:
        """All days."""
        return sum(self)

    @property
    def phi(self) -> float:
        """The correlation of the two properties, -1 to 1; 0 where one of them never varies."""
        first, second = self.both + self.only_first, self.both + self.only_second
        product = first * (self.total - first) * second * (self.total - second)
        if not product:
            return 0.0
        return (self.both * self.neither - self.only_first * self.only_second) / sqrt(product)


def fisher_exact(table: Table) -> float:
    """Return the two-sided p-value of Fisher's exact test.

    The chance, were the properties independent, of a table as unlikely as this one or more so.
    """
    total, first = table.total, table.both + table.only_first
    second = table.both + table.only_second
    all_tables = _log_choose(total, second)

    def probability(both: int) -> float:
        chosen = _log_choose(first, both) + _log_choose(total - first, second - both)
        return exp(chosen - all_tables)

    seen = probability(table.both) * _SAME
    possible = range(max(0, first + second - total), min(first, second) + 1)
    return min(1.0, sum(p for p in map(probability, possible) if p <= seen))


def binomial_at_least(count: int, total: int, chance: float) -> float:
    """Return how likely at least `count` of `total` are, each with the chance, 0 < chance < 1."""
    terms = (
        exp(_log_choose(total, n) + n * log(chance) + (total - n) * log1p(-chance))
        for n in range(count, total + 1)
    )
    return min(1.0, sum(terms))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values corrected for their number by Holm's method, in the same order."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected, highest = [1.0] * len(p_values), 0.0
    for place, number in enumerate(order):
        highest = max(highest, min(1.0, p_values[number] * (len(p_values) - place)))
        corrected[number] = highest
    return corrected


@lru_cache(maxsize=65_536)
def _log_choose(total: int, chosen: int) -> float:
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)
