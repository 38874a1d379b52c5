"""How the bot receives updates, by polling or by webhook, and answers pressed buttons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from local.telegram.errors import ApiError, BadRequest
from local.telegram.methods.content import Arguments
from local.telegram.state import TelegramState
from local.telegram.webhook import SECRET, Webhook

LONGEST_POLL_SECONDS = 50
LONGEST_CALLBACK_TEXT = 200
_POLLING_REFUSED = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


async def get_updates(state: TelegramState, arguments: Arguments) -> Any:
    """Return what people did; wait for it up to `timeout` seconds."""
    if state.webhook is not None:
        raise ApiError(409, _POLLING_REFUSED)
    timeout = min(float(arguments.get("timeout") or 0), LONGEST_POLL_SECONDS)
    limit = int(arguments.get("limit") or 100)
    return await state.get_updates(int(arguments.get("offset") or 0), limit, timeout)


async def set_webhook(state: TelegramState, arguments: Arguments) -> Any:
    """Have updates delivered to an address; plain HTTP is taken on loopback only."""
    url = str(arguments.get("url") or "")
    if not url:
        return await delete_webhook(state, arguments)
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
    secret = str(arguments.get("secret_token") or "")
    if secret and not SECRET.fullmatch(secret):
        raise BadRequest("secret token contains unallowed characters")
    if _is_true(arguments.get("drop_pending_updates")):
        state.drop_updates()
    await state.set_webhook(Webhook(url, secret))
    return True


async def delete_webhook(state: TelegramState, arguments: Arguments) -> Any:
    """Go back to polling."""
    if _is_true(arguments.get("drop_pending_updates")):
        state.drop_updates()
    await state.set_webhook(None)
    return True


async def get_webhook_info(state: TelegramState, arguments: Arguments) -> Any:
    """Return where updates are delivered to, how many wait, and what went wrong last."""
    webhook = state.webhook
    info: dict[str, Any] = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": state.pending_updates(),
    }
    if webhook and webhook.last_error:
        info |= {
            "last_error_date": webhook.last_error_time,
            "last_error_message": webhook.last_error,
        }
    return info


async def answer_callback_query(state: TelegramState, arguments: Arguments) -> Any:
    """End the waiting of a pressed button, with a toast if there is a text."""
    query_id = str(arguments.get("callback_query_id"))
    text = str(arguments.get("text") or "")
    if query_id not in state.answers:
        raise BadRequest("query is too old and response timeout expired or query ID is invalid")
    if len(text) > LONGEST_CALLBACK_TEXT:
        raise BadRequest("MESSAGE_TOO_LONG")
    state.answers[query_id] = {
        "answered": True,
        "text": text,
        "show_alert": _is_true(arguments.get("show_alert")),
    }
    await state.save()
    return True


def _is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1")
