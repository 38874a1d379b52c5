"""Delivering updates to the bot's webhook: in order, one at a time, until each is taken."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp

from local.telegram.state import TelegramState
from local.telegram.webhook import Webhook

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
TIMEOUT_SECONDS = 30.0
RETRY_SECONDS = 1.0


async def deliver_updates(state: TelegramState) -> None:
    """Post the updates that wait to the webhook, whenever there is one, until cancelled.

    An update that is not answered with 2xx stays the first and is posted again.
    """
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            webhook, update = await state.next_webhook_update()
            failed = await _post(session, webhook, update)
            if not failed:
                state.confirm_update(update["update_id"])
                continue
            webhook.last_error, webhook.last_error_time = failed, int(time.time())
            await asyncio.sleep(RETRY_SECONDS)


async def _post(session: aiohttp.ClientSession, webhook: Webhook, update: dict[str, Any]) -> str:
    """Post one update; return what went wrong, empty when it was taken."""
    headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
    try:
        async with session.post(webhook.url, json=update, headers=headers) as answer:
            if answer.ok:
                return ""
            return f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"{type(error).__name__}: {error}"
