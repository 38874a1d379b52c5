"""Personal access tokens: secrets for programs, recognizable by scanners, restricted to scopes.

A secret is `habit_pat_`, 43 random letters and digits (256 bits), and 6 that are their CRC-32: a
scanner of leaked secrets knows ours by its prefix, and a mistyped one by its checksum.
"""

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MAX_TOKENS = 50
"""Personal access tokens of one account."""
MAX_TOKEN_NAME_LENGTH = 80

_PREFIX = "habit_pat_"
_ALPHABET = string.digits + string.ascii_letters
_RANDOM_LENGTH = 43
_CHECKSUM_LENGTH = 6
_SHOWN_LENGTH = len(_PREFIX) + 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalToken:
    """A personal access token as its owner sees it, without the secret."""

    id: UUID
    account_id: UUID
    name: str
    scopes: frozenset[str]
    prefix: str
    """The first characters of the secret."""
    create_time: datetime
    expire_time: datetime | None = None
    """When it stops working; None means never."""
    last_use_time: datetime | None = None
    """When it was last used, to the minute."""

    def is_good(self, now: datetime) -> bool:
        """Say whether it works at a moment."""
        return self.expire_time is None or now < self.expire_time


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPersonalToken:
    """A command: create a personal access token."""

    name: str
    scopes: frozenset[str]
    expire_time: datetime | None


def new_secret() -> str:
    """Return a new secret."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return f"{_PREFIX}{random}{_checksum(random)}"


def is_secret(text: str) -> bool:
    """Say whether a text has the form and the checksum of a secret."""
    random, checksum = text[len(_PREFIX) : -_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    return (
        text.startswith(_PREFIX)
        and len(random) == _RANDOM_LENGTH
        and set(random) <= set(_ALPHABET)
        and checksum == _checksum(random)
    )


def secret_digest(secret: str) -> bytes:
    """Return the SHA-256 digest that is stored instead of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def shown_prefix(secret: str) -> str:
    """Return the first characters of a secret, by which its owner recognizes it."""
    return secret[:_SHOWN_LENGTH]


def _checksum(random: str) -> str:
    """Return a CRC-32 in base 62, as long as the longest is."""
    value, digits = zlib.crc32(random.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        value, digit = divmod(value, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
