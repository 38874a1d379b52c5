"""Failures in the comparison with the oracle show both sides."""

import pytest

pytest.register_assert_rewrite("tests.rhythm.agree")
