import math
import time

import pytest

from chassis.context import RequestContext, use_context
from chassis.rpc import deadline


def test_a_call_without_a_deadline_gets_one() -> None:
    for none in (None, math.inf):
        left = deadline.begin(none, 5.0) - time.monotonic()
        assert left == pytest.approx(5.0, abs=0.1)


def test_a_call_keeps_the_deadline_it_came_with() -> None:
    assert deadline.begin(1.5, 5.0) - time.monotonic() == pytest.approx(1.5, abs=0.1)


def test_too_little_time_is_refused_before_the_work_begins() -> None:
    deadline.begin(0.101, 5.0)
    with pytest.raises(deadline.DeadlineTooShort):
        deadline.begin(0.099, 5.0)


def test_each_hop_passes_on_less_than_it_got() -> None:
    with use_context(RequestContext(deadline=time.monotonic() + 2.0)):
        assert deadline.timeout_for_call(None) == pytest.approx(1.98, abs=0.01)
        assert deadline.timeout_for_call(0.5) == 0.5
        assert deadline.timeout_for_call(60.0) == pytest.approx(1.98, abs=0.01)


def test_without_a_deadline_a_call_takes_what_it_asks_for() -> None:
    assert deadline.timeout_for_call(None) == 5.0
    assert deadline.timeout_for_call(60.0) == 60.0


def test_time_that_is_over_is_not_negative() -> None:
    with use_context(RequestContext(deadline=time.monotonic() - 1.0)):
        assert deadline.timeout_for_call(None) == 0.0
