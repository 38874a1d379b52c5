"""Which passwords may be chosen, and how they are hashed and compared."""

import bcrypt
import pytest

from services.auth.domain.errors import (
    PasswordCommon,
    PasswordContainsEmail,
    PasswordContainsProduct,
    PasswordTooLong,
    PasswordTooShort,
)
from services.auth.domain.password import (
    PasswordScheme,
    read_new_password,
    read_password,
    refuse_guessable,
)

SCHEME = PasswordScheme(cost=4)
KEYED = PasswordScheme(cost=4, secret="a secret that is not in the database")


@pytest.mark.parametrize(
    "text",
    ["xk4 92ä!", "x" * 128, "ü" * 128, "🔥" * 128, "with\0nul bytes", "пароль из сорока букв" * 2],
)
def test_a_password_of_8_to_128_characters_may_be_chosen(text: str) -> None:
    password = read_new_password(text)
    stored = SCHEME.hash(password)
    assert SCHEME.matches(read_password(text), stored)
    assert not SCHEME.matches(read_password(text[:-1] + "?"), stored)


@pytest.mark.parametrize("text", ["", "1234567", "ü" * 7, "u\N{COMBINING DIAERESIS}" * 7])
def test_a_shorter_one_may_not(text: str) -> None:
    with pytest.raises(PasswordTooShort):
        read_new_password(text)


@pytest.mark.parametrize("text", ["x" * 129, "🔥" * 129])
def test_a_longer_one_may_not(text: str) -> None:
    with pytest.raises(PasswordTooLong):
        read_new_password(text)


@pytest.mark.parametrize("scheme", [SCHEME, KEYED])
def test_passwords_that_differ_only_after_72_bytes_differ(scheme: PasswordScheme) -> None:
    stored = scheme.hash(b"x" * 72 + b"a")
    assert scheme.matches(b"x" * 72 + b"a", stored)
    assert not scheme.matches(b"x" * 72 + b"b", stored)
    assert not scheme.matches(b"x" * 72, stored)


def test_an_old_hash_is_still_matched_and_no_longer_current() -> None:
    """Before hashes had versions, bcrypt read the password itself."""
    old = bcrypt.hashpw(b"correct horse battery", bcrypt.gensalt(4)).decode()
    assert SCHEME.matches(b"correct horse battery", old)
    assert not SCHEME.matches(b"correct horse batterx", old)
    assert not SCHEME.is_current(old)
    longest = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert SCHEME.matches(b"x" * 72, longest)
    assert not SCHEME.matches(b"x" * 73, longest)


def test_a_hash_names_its_scheme_and_cost() -> None:
    stored = SCHEME.hash(b"correct horse")
    assert stored.startswith("h1:$2b$04$")
    assert SCHEME.is_current(stored)
    assert not PasswordScheme(cost=5).is_current(stored)
    assert not KEYED.is_current(stored)
    assert KEYED.hash(b"correct horse").startswith("h2:")


def test_a_secret_given_later_takes_the_old_hashes_over() -> None:
    assert KEYED.matches(b"correct horse", SCHEME.hash(b"correct horse"))


def test_a_keyed_hash_is_worth_nothing_without_its_secret() -> None:
    stored = KEYED.hash(b"correct horse")
    assert KEYED.matches(b"correct horse", stored)
    assert not SCHEME.matches(b"correct horse", stored)
    other = PasswordScheme(cost=4, secret="another secret, as long as the first")
    assert not other.matches(b"correct horse", stored)


def test_hashes_of_one_password_differ() -> None:
    assert SCHEME.hash(b"12345678") != SCHEME.hash(b"12345678")


@pytest.mark.parametrize("password", [b"", b"12345678", b"x" * 100])
def test_an_account_without_a_password_matches_none(password: bytes) -> None:
    assert not SCHEME.matches(password, None)


@pytest.mark.parametrize(
    "text",
    ["password", "PASSWORD1", "12345678", "qwertyuiop", "iloveyou1", "p-a-s-s-w-o-r-d", "ääääääää"],
)
def test_a_common_password_is_refused(text: str) -> None:
    with pytest.raises(PasswordCommon):
        refuse_guessable(read_new_password(text), email="ann@example.com")


@pytest.mark.parametrize("text", ["annabella2026", "My-AnnaBella!", "xx anna.bella xx"])
def test_a_password_with_the_name_of_the_email_is_refused(text: str) -> None:
    with pytest.raises(PasswordContainsEmail):
        refuse_guessable(read_new_password(text), email="anna.bella+habits@example.com")


@pytest.mark.parametrize("text", ["HabitTracker1", "my habit tracker", "habit-tracker-42"])
def test_a_password_with_the_name_of_the_product_is_refused(text: str) -> None:
    with pytest.raises(PasswordContainsProduct):
        refuse_guessable(read_new_password(text), email="ann@example.com")


@pytest.mark.parametrize("email", ["ann@example.com", "", "hi@example.com"])
def test_another_password_is_taken(email: str) -> None:
    refuse_guessable(read_new_password("cannot hide a habit"), email=email)


def test_the_list_of_common_passwords_has_at_least_ten_thousand() -> None:
    from services.auth.domain.password import _common_passwords

    assert len(_common_passwords()) >= 10_000
