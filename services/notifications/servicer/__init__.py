"""gRPC servicers: each method reads the request, runs one use case and writes the response."""

from services.notifications.servicer.notifications import (
    MINI_APP_PUBLIC,
    MiniAppServicer,
    NotificationServicer,
)
from services.notifications.servicer.push import PushServicer
from services.notifications.servicer.webhooks import WebhookServicer

__all__ = [
    "MINI_APP_PUBLIC",
    "MiniAppServicer",
    "NotificationServicer",
    "PushServicer",
    "WebhookServicer",
]
