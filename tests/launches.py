"""Launch data of a Mini App, signed as Telegram signs it."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode


def launch_fields(user_id: int, **changes: Any) -> dict[str, str]:
    """Return the fields of a launch, not signed yet; None leaves one out."""
    user = {"id": user_id, "first_name": "Ada", "last_name": "Łovelace", "language_code": "en"}
    fields = {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": json.dumps(user, ensure_ascii=False),
        "auth_date": str(int(time.time())),
        "signature": "of-third-parties",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def signed(token: str, fields: dict[str, str]) -> str:
    """Return the launch data as Telegram hands it to the page."""
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    digest = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return urlencode(fields | {"hash": digest})


def a_launch(token: str, user_id: int, **changes: Any) -> str:
    """Return signed launch data of a user."""
    return signed(token, launch_fields(user_id, **changes))
