"""Passwords: the rules for new ones, and how they are hashed.

bcrypt reads 72 bytes, so it hashes an HMAC-SHA-256 of the password, in base64: 44 bytes whatever
the length. A stored hash begins with the version of its scheme:

- no version: bcrypt of the password itself, at most 72 bytes, as written before;
- `h1:`: keyed with a constant of this product;
- `h2:`: keyed with the secret of the settings, which is not in the database.

A hash of another version, or of another cost, is replaced when its owner next signs in.
"""

import hashlib
import hmac
import unicodedata
from base64 import b64encode
from functools import cache

import bcrypt

from services.auth.domain.errors import (
    PasswordCommon,
    PasswordContainsEmail,
    PasswordContainsProduct,
    PasswordTooLong,
    PasswordTooShort,
)

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 128

_BCRYPT_BYTES = 72
_PRODUCT = "habittracker"
_MIN_NAME_LENGTH = 4
"""A shorter name is part of too many words to say anything about a password."""
_CONSTANT_KEY = b"habit-tracker password v1"
# A well-formed hash that no password has; comparing with it takes as long as with a real one.
_DUMMY_HASH = "$2b${cost:02d}$" + "." * 21 + "O" + "." * 31


class PasswordScheme:
    """How passwords are hashed and compared.

    Args:
        cost: bcrypt's; each step doubles the time, 12 takes about 250 ms.
        secret: The key of the HMAC; a constant when None. A lost secret makes its hashes useless.
    """

    def __init__(self, *, cost: int, secret: str | None = None) -> None:
        self._cost = cost
        self._keys = {"h1:": _CONSTANT_KEY}
        if secret:
            self._keys["h2:"] = secret.encode()
        self._version = "h2:" if secret else "h1:"

    def hash(self, password: bytes) -> str:
        """Return a salted, versioned hash of a password."""
        key = self._keys[self._version]
        hashed = bcrypt.hashpw(_keyed_digest(key, password), bcrypt.gensalt(self._cost))
        return self._version + hashed.decode()

    def matches(self, password: bytes, stored: str | None) -> bool:
        """Say whether a password matches a stored hash.

        Takes as long when there is nothing to compare with (None), so that time does not tell which
        accounts exist. A hash whose secret is missing matches nothing.
        """
        version, _, hashed = (stored or "").rpartition(":")
        key = self._keys.get(f"{version}:") if version else None
        candidate = _keyed_digest(key, password) if key else password[:_BCRYPT_BYTES]
        readable = stored is not None and (key is not None or not version)
        against = hashed if readable else _DUMMY_HASH.format(cost=self._cost)
        same = bcrypt.checkpw(candidate, against.encode())
        return same and readable and (key is not None or len(password) <= _BCRYPT_BYTES)

    def is_current(self, stored: str) -> bool:
        """Say whether a hash was made as new ones are."""
        return stored.startswith(f"{self._version}$2b${self._cost:02d}$")


def read_new_password(text: str) -> bytes:
    """Validate the length of a new password and return the bytes to be hashed.

    Raises:
        PasswordTooShort: It has fewer than 8 characters (NFC).
        PasswordTooLong: It has more than 128 characters (NFC).
    """
    password = unicodedata.normalize("NFC", text)
    if len(password) < MIN_PASSWORD_LENGTH:
        raise PasswordTooShort(MIN_PASSWORD_LENGTH)
    if len(password) > MAX_PASSWORD_LENGTH:
        raise PasswordTooLong(MAX_PASSWORD_LENGTH)
    return password.encode()


def read_password(text: str) -> bytes:
    """Return an entered password as bytes, normalized (NFC) so that every keyboard agrees."""
    return unicodedata.normalize("NFC", text).encode()


def refuse_guessable(password: bytes, *, email: str) -> None:
    """Refuse a new password that is among the first to be guessed.

    Raises:
        PasswordCommon: It is one of the 30,000 most common.
        PasswordContainsEmail: It holds the name in the email address.
        PasswordContainsProduct: It holds the name of this product.
    """
    text = password.decode().casefold()
    letters = "".join(filter(str.isalnum, text))
    if text in _common_passwords() or letters in _common_passwords() or len(set(text)) == 1:
        raise PasswordCommon
    if _PRODUCT in letters:
        raise PasswordContainsProduct
    name = email.partition("@")[0].partition("+")[0].casefold()
    plain_name = "".join(filter(str.isalnum, name))
    if len(plain_name) >= _MIN_NAME_LENGTH and plain_name in letters:
        raise PasswordContainsEmail


@cache
def _common_passwords() -> frozenset[str]:
    """Return the passwords of zxcvbn's list, which were counted in real leaks."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 4 MB: only for whoever asks

    return frozenset(FREQUENCY_LISTS["passwords"])


def _keyed_digest(key: bytes, password: bytes) -> bytes:
    return b64encode(hmac.digest(key, password, hashlib.sha256))
