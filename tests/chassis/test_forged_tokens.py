"""Forged and misused access tokens are refused, every one (RFC 8725, RFC 9068, ASVS 9)."""

import json
from collections.abc import Iterator

import pytest

from chassis.identity import AccessTokenExpired, AccessTokenInvalid, TokenVerifier
from tests.builders import SigningKey, a_caller
from tests.forgeries import (
    Forgery,
    good_claims,
    good_header,
    sign_raw,
    with_the_key,
    without_the_key,
)

REFUSALS = (AccessTokenInvalid, AccessTokenExpired)


def accepted(key: SigningKey, forgeries: Iterator[Forgery]) -> tuple[int, list[str]]:
    """Return how many there are, and the names of those that are accepted."""
    verifier, names, count = TokenVerifier(key.jwks_file), [], 0
    verifier.verify(key.token(a_caller()))
    for name, token in forgeries:
        count += 1
        try:
            verifier.verify(token)
        except REFUSALS:
            continue
        names.append(name)
    return count, names


def test_at_least_40_forgeries_without_the_key_are_refused(signing_key: SigningKey) -> None:
    public = signing_key.private.public_key().public_bytes_raw()
    good = signing_key.token(a_caller())
    count, names = accepted(signing_key, without_the_key(good, signing_key.key_id, public))
    assert names == []
    assert count >= 40


def test_at_least_20_misuses_of_the_key_are_refused(signing_key: SigningKey) -> None:
    count, names = accepted(signing_key, with_the_key(signing_key.private, signing_key.key_id))
    assert names == []
    assert count >= 20


def test_what_the_forger_changes_was_good_before(signing_key: SigningKey) -> None:
    """Else the tests above would say nothing."""
    header, claims = good_header(signing_key.key_id), good_claims()
    token = sign_raw(signing_key.private, json.dumps(header), json.dumps(claims))
    caller = TokenVerifier(signing_key.jwks_file).verify(token)
    assert str(caller.id) == claims["sub"]


def test_a_token_of_more_than_2_kb_is_refused_unread(signing_key: SigningKey) -> None:
    verifier = TokenVerifier(signing_key.jwks_file)
    shorter = signing_key.token(a_caller(locale="x" * 900))
    assert len(shorter) <= 2048
    verifier.verify(shorter)
    longer = signing_key.token(a_caller(locale="x" * 1500))
    assert len(longer) > 2048
    with pytest.raises(AccessTokenInvalid):
        verifier.verify(longer)
