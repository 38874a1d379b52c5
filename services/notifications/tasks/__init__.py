"""Periodic tasks: the senders of messages and of webhooks."""

from services.notifications.tasks.messages import Sender
from services.notifications.tasks.webhooks import WebhookSender

__all__ = ["Sender", "WebhookSender"]
