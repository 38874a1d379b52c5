"""A session's chain of refresh tokens."""

from uuid import UUID

import pytest

from services.auth.domain.errors import RefreshTokenInvalid
from services.auth.domain.refresh_token import first_token, read_refresh_token

SESSION = UUID("0198c3f2-7d5e-7c11-9f6a-3a5b8c1d2e4f")
SALT, OTHER_SALT = b"s" * 32, b"o" * 32


def test_a_token_is_read_as_it_was_given_out() -> None:
    token = first_token(SESSION, SALT)
    assert read_refresh_token(str(token)) == token
    assert token.session_id == SESSION


def test_a_chain_is_the_same_each_time_and_never_repeats() -> None:
    token = first_token(SESSION, SALT)
    chain = [token]
    for _ in range(100):
        chain.append(chain[-1].successor(SALT))
    assert chain[1] == token.successor(SALT)
    assert len({link.digest for link in chain}) == 101
    assert all(link.belongs_to(SALT) for link in chain)


def test_sessions_begin_differently() -> None:
    assert first_token(SESSION, SALT).digest != first_token(SESSION, SALT).digest


def test_a_token_is_of_the_session_with_its_salt_alone() -> None:
    token = first_token(SESSION, SALT)
    assert not token.belongs_to(OTHER_SALT)
    assert token.successor(OTHER_SALT) != token.successor(SALT)


def test_neither_representation_nor_digest_shows_the_secret() -> None:
    token = first_token(SESSION, SALT)
    assert token.secret.hex() not in repr(token)
    assert str(token) not in repr(token)
    assert token.secret.hex() not in token.digest


@pytest.mark.parametrize("text", ["", "abc", "ü" * 86, "a" * 85, "a" * 88, "a b" * 30])
def test_other_text_is_no_token(text: str) -> None:
    with pytest.raises(RefreshTokenInvalid):
        read_refresh_token(text)
