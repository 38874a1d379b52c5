"""Refresh tokens: one chain for each session; each token determines its successor.

A token is session id, secret and tag. Tag and successor are made of the secret with a salt that
only the session knows, so that

- nobody can end a session by inventing an old token of it: the tag would be wrong;
- a token spent twice within the grace gives the same successor, which is nowhere kept in plain.
"""

import binascii
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from uuid import UUID

from services.auth.domain.errors import RefreshTokenInvalid

SALT_BYTES = 32

_ID_BYTES = 16
_SECRET_BYTES = 32
_TAG_BYTES = 16
_LENGTH = _ID_BYTES + _SECRET_BYTES + _TAG_BYTES


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One refresh token of a session."""

    session_id: UUID
    secret: bytes = field(repr=False)
    tag: bytes = field(repr=False)

    def __str__(self) -> str:
        data = self.session_id.bytes + self.secret + self.tag
        return urlsafe_b64encode(data).rstrip(b"=").decode()

    @property
    def digest(self) -> str:
        """The SHA-256 digest that is stored instead of the token."""
        return hashlib.sha256(self.secret).hexdigest()

    def belongs_to(self, salt: bytes) -> bool:
        """Say whether the session with this salt issued the token."""
        return hmac.compare_digest(self.tag, _tag(salt, self.secret))

    def successor(self, salt: bytes) -> "RefreshToken":
        """Return the next token of the chain; always the same for one token."""
        return _with_secret(self.session_id, salt, _keyed(salt, b"next", self.secret))


def first_token(session_id: UUID, salt: bytes) -> RefreshToken:
    """Return the first refresh token of a session."""
    return _with_secret(session_id, salt, secrets.token_bytes(_SECRET_BYTES))


def read_refresh_token(text: str) -> RefreshToken:
    """Parse a refresh token.

    Raises:
        RefreshTokenInvalid: It has another form.
    """
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise RefreshTokenInvalid from None
    if len(data) != _LENGTH:
        raise RefreshTokenInvalid
    session_id, rest = data[:_ID_BYTES], data[_ID_BYTES:]
    return RefreshToken(UUID(bytes=session_id), rest[:_SECRET_BYTES], rest[_SECRET_BYTES:])


def _with_secret(session_id: UUID, salt: bytes, secret: bytes) -> RefreshToken:
    return RefreshToken(session_id, secret, _tag(salt, secret))


def _tag(salt: bytes, secret: bytes) -> bytes:
    return _keyed(salt, b"tag", secret)[:_TAG_BYTES]


def _keyed(salt: bytes, purpose: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt, purpose + secret, "sha256")
