"""The launch data of a Mini App, which Telegram signs: who has opened it, and when."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qsl

from services.notifications.domain.errors import InitDataExpired, InitDataInvalid

LIFETIME = timedelta(hours=1)
MOST_USES = 3
"""So often the same data signs in: once, and again where a response was lost or a page reloaded."""

_LONGEST = 4096
_MOST_FIELDS = 32
_CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TelegramUser:
    """A person as Telegram knows them; their id is that of their private chat with the bot."""

    id: int
    full_name: str
    locale: str


@dataclass(frozen=True, slots=True)
class InitData:
    """Launch data whose signature is right and young enough."""

    user: TelegramUser
    digest: str
    """Stands for exactly this launch."""


def read_init_data(text: str, *, bot_token: str, now: datetime) -> InitData:
    """Check the launch data of a Mini App of the bot, and return what it says.

    Raises:
        InitDataInvalid: The bot's token has not signed it, or it cannot be read.
        InitDataExpired: It was signed more than `LIFETIME` ago.
    """
    values = _signed_values(text, bot_token)
    try:
        sign_time = datetime.fromtimestamp(int(values["auth_date"]), UTC)
        user = _user_of(json.loads(values["user"]))
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise InitDataInvalid from None
    if sign_time > now + _CLOCKS_DIFFER:
        raise InitDataInvalid
    if now - sign_time > LIFETIME:
        raise InitDataExpired
    return InitData(user, sha256(text.encode()).hexdigest())


def _signed_values(text: str, bot_token: str) -> Mapping[str, str]:
    """Return the fields, once their signature was found right, in constant time."""
    if len(text) > _LONGEST:
        raise InitDataInvalid
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise InitDataInvalid from None
    values = dict(pairs)
    given = values.pop("hash", "")
    signed = "\n".join(f"{name}={value}" for name, value in sorted(values.items()))
    key = hmac.digest(b"WebAppData", bot_token.encode(), "sha256")
    expected = hmac.digest(key, signed.encode(), "sha256").hex()
    is_signed = hmac.compare_digest(expected.encode(), given.encode())
    if not is_signed or len(pairs) != len(values) + 1:
        raise InitDataInvalid
    return values


def _user_of(user: Mapping[str, object]) -> TelegramUser:
    names = (str(user.get(part) or "") for part in ("first_name", "last_name"))
    return TelegramUser(
        id=int(str(user["id"])),
        full_name=" ".join(name for name in names if name),
        locale=str(user.get("language_code") or ""),
    )
