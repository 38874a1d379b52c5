"""Access tokens (RFC 9068), read strictly: one way to write each, and every claim looked at."""

import json
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chassis.caller import AUDIENCE, ISSUER, TOKEN_TYPE, Caller, caller_from_claims

ALGORITHM = "EdDSA"
MAX_TOKEN_BYTES = 2048
LEEWAY_SECONDS = 5
"""How far clocks of one mesh may be apart."""

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_HEADER_MEMBERS = {"alg", "kid", "typ"}
_MAX_MOMENT = 2**33
_MAX_LIFETIME_SECONDS = 24 * 3600


class TokenMalformedError(ValueError):
    """The text is not an access token of ours, or one of its claims is wrong."""


class TokenExpiredError(ValueError):
    """The token was valid once."""


class PublicKey(Protocol):
    """An Ed25519 public key, as `cryptography` has it."""

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raise when the signature is not of the data."""


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token taken apart, before its signature is verified."""

    key_id: str
    signed: bytes
    signature: bytes
    payload: bytes

    def claims(self) -> dict[str, Any]:
        """Return the claims. To be believed only after the signature was verified."""
        return _read_object(self.payload)


def split_token(token: str) -> SignedToken:
    """Take a compact JWS apart.

    Raises:
        TokenMalformedError: It is not one, or its header is not exactly `alg`, `kid` and `typ`
            with our algorithm and `at+jwt`.
    """
    found = _COMPACT.fullmatch(token) if len(token) <= MAX_TOKEN_BYTES else None
    if found is None:
        raise TokenMalformedError("not a compact JWS of at most 2 KB")
    head, payload, signature = found.groups()
    header = _read_object(_decoded(head))
    key_id = header.get("kid")
    if (
        set(header) != _HEADER_MEMBERS
        or header["alg"] != ALGORITHM
        or header["typ"] != TOKEN_TYPE
        or not isinstance(key_id, str)
    ):
        raise TokenMalformedError("not the header of an access token")
    signed = f"{head}.{payload}".encode()
    return SignedToken(key_id, signed, _decoded(signature), _decoded(payload))


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """Return whom verified claims speak for.

    Raises:
        TokenMalformedError: A claim is missing or wrong.
        TokenExpiredError: Its time is over.
    """
    now = time.time()
    if claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
        raise TokenMalformedError("another issuer or audience")
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    begins = _moment(claims, "nbf") if "nbf" in claims else issued
    if max(issued, begins) > now + LEEWAY_SECONDS or not issued <= expires:
        raise TokenMalformedError("issued in the future, or expired before it was issued")
    if expires - issued > _MAX_LIFETIME_SECONDS:
        raise TokenMalformedError("good for longer than we issue tokens for")
    if expires + LEEWAY_SECONDS <= now:
        raise TokenExpiredError
    try:
        return caller_from_claims(dict(claims))
    except (ValueError, TypeError, OverflowError) as error:
        raise TokenMalformedError(str(error)) from None


def _moment(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 < value < _MAX_MOMENT:
        raise TokenMalformedError(f"{name} is not a number of seconds")
    return value


def _decoded(part: str) -> bytes:
    """Decode base64url without padding, in its one canonical spelling."""
    try:
        data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise TokenMalformedError("not base64url") from error
    if urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise TokenMalformedError("not canonical base64url")
    return data


def _read_object(text: bytes) -> dict[str, Any]:
    """Read a JSON object without duplicate members and without numbers that JSON does not have."""
    try:
        value = json.loads(
            text.decode(), object_pairs_hook=_unique_members, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise TokenMalformedError("not a JSON object") from error
    if not isinstance(value, dict):
        raise TokenMalformedError("not a JSON object")
    return value


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member comes twice")
    return members


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
