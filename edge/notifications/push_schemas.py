"""Request and response bodies of browsers that show reminders."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from edge.schemas import RequestBody, ResponseBody

_KEY_EXAMPLE = (
    "BMGuPkLPCfUt_FvJK7ZaQc_HdYIZTf5tLm2S9wK8EbNcIJW3-3iuVIWIUpdXJFgVaGKwsRXIvwz5fT6PPgAN7ZA"
)


class PushSubscription(ResponseBody):
    """A browser that shows your reminders."""

    id: str
    push_service: Annotated[str, Field(examples=["fcm.googleapis.com"])]
    """The host of the push service that delivers to it."""
    device: Annotated[str, Field(examples=["Chrome on Linux"])]
    """The browser in words; may be empty."""
    create_time: datetime
    """When it was subscribed."""


class PushChannel(ResponseBody):
    """The browsers that show your reminders, and the key that browsers subscribe with."""

    public_key: Annotated[str | None, Field(examples=[_KEY_EXAMPLE])]
    """The `applicationServerKey` for `pushManager.subscribe`; null where there is no Web Push."""
    subscriptions: list[PushSubscription]
    """At most 10, the newest first."""


class PushKeys(RequestBody):
    """The keys of a browser's subscription, in URL-safe base 64."""

    p256dh: Annotated[str, Field(min_length=1, max_length=100, examples=[_KEY_EXAMPLE])]
    """The browser's public key."""
    auth: Annotated[str, Field(min_length=1, max_length=32, examples=["8eDyX_uCN0XRhSbY5hs7Hg"])]
    """The browser's authentication secret."""


class PushSubscriptionPut(RequestBody):
    """A browser's subscription: `endpoint` and `keys` of `PushSubscription.toJSON()`."""

    endpoint: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2048,
            examples=["https://updates.push.services.mozilla.com/wpush/v2/gAAAAA"],
        ),
    ]
    """The address at the push service that the browser was given; https."""
    keys: PushKeys
