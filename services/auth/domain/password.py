"""Passwords: the rules for new ones, and hashing with bcrypt, which reads at most 72 bytes."""

import unicodedata

import bcrypt

from services.auth.domain.errors import PasswordTooLong, PasswordTooShort

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_BYTES = 72

# A well-formed hash that no password has; comparing with it takes as long as with a real one.
_DUMMY_HASH = "$2b${cost:02d}$" + "." * 21 + "O" + "." * 31


def read_new_password(text: str) -> bytes:
    """Validate a new password and return the bytes to be hashed.

    Raises:
        PasswordTooShort: It has fewer than 8 characters.
        PasswordTooLong: It has more than 72 bytes.
    """
    password = read_password(text)
    if len(text) < MIN_PASSWORD_LENGTH:
        raise PasswordTooShort(MIN_PASSWORD_LENGTH)
    if len(password) > MAX_PASSWORD_BYTES:
        raise PasswordTooLong(MAX_PASSWORD_BYTES)
    return password


def read_password(text: str) -> bytes:
    """Return an entered password as bytes, normalized (NFC) so that every keyboard agrees."""
    return unicodedata.normalize("NFC", text).encode()


def hash_password(password: bytes, *, cost: int) -> str:
    """Return a salted hash. Takes 2 ** cost steps on purpose: about 250 ms at 12."""
    return bcrypt.hashpw(password, bcrypt.gensalt(cost)).decode()


def password_matches(password: bytes, stored: str | None, *, cost: int) -> bool:
    """Say whether a password matches a stored hash.

    Takes as long when there is nothing to compare with (None), so that time does not tell which
    accounts exist.
    """
    against = (stored or _DUMMY_HASH.format(cost=cost)).encode()
    same = bcrypt.checkpw(password[:MAX_PASSWORD_BYTES], against)
    return same and stored is not None and len(password) <= MAX_PASSWORD_BYTES
