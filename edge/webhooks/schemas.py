"""Request and response bodies of webhooks."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, StrictBool

from edge.schemas import RequestBody, ResponseBody

WebhookEvent = Literal[
    "*",
    "habit.created",
    "habit.updated",
    "habit.archived",
    "habit.restored",
    "habit.deleted",
    "pause.created",
    "pause.deleted",
    "check_in.changed",
    "goal.reached",
    "reminder.due",
    "report.ready",
]
"""A type of event; `*` stands for all, also those added later."""
Url = Annotated[str, Field(max_length=2048, examples=["https://hooks.example/habits"])]
Events = Annotated[
    list[WebhookEvent], Field(min_length=1, max_length=20, examples=[["check_in.changed"]])
]
Description = Annotated[str, Field(max_length=200, examples=["Kitchen display"])]


class NewWebhook(RequestBody):
    """A webhook to create."""

    url: Url
    """Where events are posted to: https, reachable from the internet."""
    events: Events = Field(default=["*"])
    """The types of events that are sent; all when left out."""
    description: Description = ""
    """Your own words for it."""


class WebhookChanges(RequestBody):
    """The fields of a webhook to update; a field that is left out is unchanged."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": True}]})

    url: Url = ""
    """Where events are posted to."""
    events: Events = Field(default=["*"])
    """The types of events that are sent."""
    description: Description = ""
    """Your own words for it."""
    enabled: StrictBool = True
    """False sends nothing more, and what waits to be sent fails."""


class DisabledReason(StrEnum):
    """Why a webhook is disabled. More values may be added."""

    PERSON = "person"
    FAILING = "failing"
    GONE = "gone"
    UNKNOWN = "unknown"


class Webhook(ResponseBody):
    """An address that is sent what happens."""

    id: Annotated[str, Field(examples=["0198c3f2-7a4e-7c11-9a54-3f1d2b6c8e90"])]
    url: Url
    events: list[str]
    """The types of events that are sent; `*` alone means all."""
    description: str
    enabled: bool
    """Whether events are sent."""
    disabled_reason: DisabledReason | None
    """`person`: you have disabled it. `failing`: nothing was accepted for three days. `gone`: the
    receiver answered 410. Null while it is enabled."""
    disabled_detail: Annotated[str | None, Field(examples=["The receiver answered 500."])]
    """What failed last."""
    disable_time: datetime | None
    """When it was disabled."""
    success_time: datetime | None
    """When a delivery was last accepted; null until then."""
    create_time: datetime
    update_time: datetime


class CreatedWebhook(Webhook):
    """A new webhook with its secret."""

    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]
    """What deliveries are signed with. It is not shown again."""


class RotatedSecret(ResponseBody):
    """A new secret of a webhook."""

    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]
    """It is not shown again."""
    previous_expire_time: datetime
    """Until then deliveries are signed with the secret before as well."""


class WebhookDeliveryState(StrEnum):
    """State of a delivery. More values may be added."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class WebhookAttempt(ResponseBody):
    """One request to the receiver."""

    attempt_time: datetime
    status_code: int | None
    """The HTTP status of the response; null when there was none."""
    detail: Annotated[str | None, Field(examples=["The receiver answered 500."])]
    """Why it was not accepted; null when it was."""
    response_text: str
    """The beginning of the response's body."""
    duration_ms: int


class WebhookDelivery(ResponseBody):
    """One event for one webhook."""

    id: str
    """Its `webhook-id` at every attempt and replay."""
    webhook_id: str
    type: Annotated[str, Field(examples=["check_in.changed"])]
    payload: dict[str, Any]
    """The JSON that is posted."""
    state: WebhookDeliveryState
    """`pending`: waits to be sent, or sent again. `delivered`: the receiver answered with a 2xx
    status. `failed`: it is not sent again unless it is replayed."""
    detail: str | None
    """Why it failed, or was not accepted yet."""
    attempt_count: int
    """All attempts, those before a replay included."""
    attempts: list[WebhookAttempt]
    """The last 20 attempts, oldest first."""
    create_time: datetime
    next_attempt_time: datetime | None
    """Null when it is not pending."""
    finish_time: datetime | None
    """When it was delivered or failed; null while it is pending."""


def _no_number(value: object) -> object:
    """Refuse numbers, also as text: pydantic would read them as seconds since 1970."""
    if not (isinstance(value, str) and value[4:5] == "-"):
        raise ValueError("should be a moment such as 2026-01-09T12:00:00Z")
    return value


Since = Annotated[
    AwareDatetime, BeforeValidator(_no_number), Field(examples=["2026-01-09T12:00:00Z"])
]


class ReplayOrder(RequestBody):
    """Which failed deliveries are sent once more."""

    since: Since | None = None
    """Only those created at this moment or later; all that are kept when left out."""


class Replayed(ResponseBody):
    """How many deliveries are sent once more."""

    replayed: int
    """At most 1000; ask again for more."""
