"""The exact tests, beside values from textbooks and from counting every case."""

from itertools import product

import pytest

from services.analytics.domain.significance import Table, binomial_at_least, fisher_exact, holm


@pytest.mark.parametrize(
    ("table", "p_value"),
    [
        (Table(3, 1, 1, 3), 0.4857142857),  # the lady tasting tea
        (Table(8, 2, 1, 5), 0.0349650350),
        (Table(6, 2, 1, 4), 0.1025641026),
        (Table(5, 0, 0, 5), 0.0079365079),
        (Table(10, 0, 10, 0), 1.0),  # the second never varies
    ],
)
def test_fisher_exact_gives_known_values(table: Table, p_value: float) -> None:
    assert fisher_exact(table) == pytest.approx(p_value, abs=1e-9)


def test_fisher_exact_does_not_depend_on_which_property_is_first() -> None:
    for both, first, second, neither in product(range(6), repeat=4):
        table = Table(both, first, second, neither)
        assert fisher_exact(table) == pytest.approx(
            fisher_exact(Table(both, second, first, neither))
        )


def test_a_binomial_tail_counts_every_case() -> None:
    cases = list(product((0, 1), repeat=10))
    for count in range(11):
        share = sum(sum(case) >= count for case in cases) / len(cases)
        assert binomial_at_least(count, 10, 0.5) == pytest.approx(share)


def test_holm_corrects_the_smallest_most_and_keeps_the_order() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.6, 0.5]) == [1.0, 1.0]
    assert holm([]) == []


def test_phi_says_how_close_and_in_which_direction() -> None:
    assert Table(5, 0, 0, 5).phi == 1
    assert Table(0, 5, 5, 0).phi == -1
    assert Table(5, 5, 0, 0).phi == 0
