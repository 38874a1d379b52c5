"""The bot's webhook: where updates are posted to."""

from __future__ import annotations

import re
from dataclasses import dataclass

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(slots=True)
class Webhook:
    """Where updates are delivered to.

    Attributes:
        url: The address that is posted to.
        secret_token: Sent with every update; empty for none.
        last_error: What the last failed delivery said; empty while none has failed.
        last_error_time: When that was, in seconds since 1970.
    """

    url: str
    secret_token: str = ""
    last_error: str = ""
    last_error_time: int = 0
