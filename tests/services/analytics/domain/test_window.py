"""Windows of days: their ends, their defaults, and the window before."""

from datetime import date, timedelta

import pytest

from services.analytics.domain.errors import RangeEndsBeforeStart, RangeTooLong
from services.analytics.domain.window import Window, window_or_default

TODAY = date(2026, 1, 9)


def test_both_ends_belong_to_it() -> None:
    window = Window(date(2026, 1, 8), TODAY)
    assert list(window) == [date(2026, 1, 8), TODAY]
    assert TODAY in window
    assert date(2026, 1, 10) not in window
    assert "2026-01-09" not in window


def test_the_window_before_is_as_long() -> None:
    assert Window(date(2026, 1, 8), TODAY).before() == Window(date(2026, 1, 6), date(2026, 1, 7))


def test_before_1900_there_is_nothing() -> None:
    assert Window(date(1900, 1, 2), date(1900, 1, 5)).before() is None


def test_an_end_left_out_has_its_default() -> None:
    month = Window(date(2025, 12, 11), TODAY)
    assert window_or_default(None, None, today=TODAY, days=30) == month
    eve = date(2026, 1, 8)
    assert window_or_default(None, eve, today=TODAY, days=2) == Window(date(2026, 1, 7), eve)
    assert window_or_default(eve, None, today=TODAY, days=2) == Window(eve, TODAY)
    first = date(1900, 1, 1)
    assert window_or_default(None, first, today=TODAY, days=30) == Window(first, first)


def test_windows_that_cannot_be_are_refused() -> None:
    with pytest.raises(RangeEndsBeforeStart):
        Window(TODAY, TODAY - timedelta(days=1))
    assert len(Window(TODAY - timedelta(days=3659), TODAY)) == 3660
    with pytest.raises(RangeTooLong):
        Window(TODAY - timedelta(days=3660), TODAY)
