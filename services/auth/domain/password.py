"""Passwords: which may be chosen, and how they are kept. bcrypt reads 72 bytes and no more."""

import unicodedata

import bcrypt

from services.auth.domain.errors import PasswordTooLong, PasswordTooShort

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD_BYTES = 72

# A well-formed hash that no password has; comparing with it takes as long as with a real one.
_NOBODYS = "$2b${cost:02d}$" + "." * 21 + "O" + "." * 31


def read_new_password(text: str) -> bytes:
    """Return a password that may be chosen, as the bytes that are hashed.

    Raises:
        PasswordTooShort: It has fewer than 8 characters.
        PasswordTooLong: It has more than 72 bytes.
    """
    password = read_password(text)
    if len(text) < SHORTEST_PASSWORD:
        raise PasswordTooShort(SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD_BYTES:
        raise PasswordTooLong(LONGEST_PASSWORD_BYTES)
    return password


def read_password(text: str) -> bytes:
    """Return a password somebody typed, as bytes: the same on every keyboard (NFC)."""
    return unicodedata.normalize("NFC", text).encode()


def hash_password(password: bytes, *, cost: int) -> str:
    """Return a salted hash. Takes 2 ** cost steps on purpose: about 250 ms at 12."""
    return bcrypt.hashpw(password, bcrypt.gensalt(cost)).decode()


def password_matches(password: bytes, kept: str | None, *, cost: int) -> bool:
    """Say whether a password is the kept one.

    Takes as long when there is nothing to compare with (None), so that time does not tell which
    accounts exist.
    """
    against = (kept or _NOBODYS.format(cost=cost)).encode()
    same = bcrypt.checkpw(password[:LONGEST_PASSWORD_BYTES], against)
    return same and kept is not None and len(password) <= LONGEST_PASSWORD_BYTES
