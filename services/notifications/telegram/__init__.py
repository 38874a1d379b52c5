"""Telegram's Bot API, as far as this service needs it: sending, answering, listening."""

from services.notifications.telegram.gateway import Telegram

__all__ = ["Telegram"]
