"""The HTTP client of webhooks. aiohttp is imported with the first delivery, not before."""

from services.notifications.webhook_client.client import Resolve, WebhookClient

__all__ = ["Resolve", "WebhookClient"]
