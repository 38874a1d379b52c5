"""The deep link that ties a chat to an account: a code that works once, for ten minutes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(minutes=10)
MOST_LINKS = 10
"""That a person may ask for within `LIFETIME`."""

_CODE_BYTES = 24  # 32 characters, of the 64 that a deep link may carry
_LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class DeepLink:
    """An address that opens the bot with a code in hand."""

    url: str
    expire_time: datetime


def new_code() -> str:
    """Return a code nobody can guess, of the characters a deep link may carry."""
    return secrets.token_urlsafe(_CODE_BYTES)


def hashed(code: str) -> str:
    """Return what is kept of a code: enough to recognize it, nothing to use it with."""
    return hashlib.sha256(code[:_LONGEST_CODE].encode()).hexdigest()


def masked_email(email: str) -> str:
    """Return an address with its name hidden but for the first letter: `a***@example.org`."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}***@{host}"


def deep_link(username: str, code: str, *, now: datetime) -> DeepLink:
    """Return the address that opens the bot of this name with this code."""
    return DeepLink(f"https://t.me/{username}?start={code}", now + LIFETIME)
