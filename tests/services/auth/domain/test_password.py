"""Which passwords may be chosen, and how they are compared."""

import time

import pytest

from services.auth.domain.errors import PasswordTooLong, PasswordTooShort
from services.auth.domain.password import (
    hash_password,
    password_matches,
    read_new_password,
    read_password,
)


@pytest.mark.parametrize("text", ["12345678", "x" * 72, "ü" * 36, "🔥" * 8, "with\0nul bytes"])
def test_a_password_of_any_signs_may_be_chosen(text: str) -> None:
    password = read_new_password(text)
    kept = hash_password(password, cost=4)
    assert password_matches(read_password(text), kept, cost=4)
    assert not password_matches(read_password(text[:-1] + "?"), kept, cost=4)


@pytest.mark.parametrize("text", ["", "1234567", "ü" * 7])
def test_a_short_one_may_not(text: str) -> None:
    with pytest.raises(PasswordTooShort):
        read_new_password(text)


@pytest.mark.parametrize("text", ["x" * 73, "ü" * 37, "🔥" * 19])
def test_a_long_one_may_not(text: str) -> None:
    with pytest.raises(PasswordTooLong):
        read_new_password(text)


def test_what_bcrypt_would_cut_off_is_not_ignored() -> None:
    kept = hash_password(b"x" * 72, cost=4)
    assert not password_matches(b"x" * 73, kept, cost=4)


def test_hashes_of_one_password_differ() -> None:
    assert hash_password(b"12345678", cost=4) != hash_password(b"12345678", cost=4)


@pytest.mark.parametrize("password", [b"", b"12345678", b"x" * 100])
def test_nobody_has_no_password(password: bytes) -> None:
    assert not password_matches(password, None, cost=4)


def test_comparing_with_nobody_takes_as_long() -> None:
    """Else the time of an answer would tell which addresses have an account."""
    kept = hash_password(b"12345678", cost=8)

    def shortest(against: str | None) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            password_matches(b"87654321", against, cost=8)
            times.append(time.perf_counter() - started)
        return min(times)

    assert 0.5 < shortest(None) / shortest(kept) < 2
