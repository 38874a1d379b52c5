"""What is refused of webhooks, and what would help."""

from collections.abc import Sequence

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation


class WebhookNotFound(NotFound):
    """There is no such webhook, or it belongs to another person."""

    def __init__(self) -> None:
        super().__init__("There is no such webhook. List the webhooks to see which there are.")


class WebhookDeliveryNotFound(NotFound):
    """The webhook has no such delivery, or has it no longer."""

    def __init__(self) -> None:
        super().__init__("The webhook has no such delivery. They are kept for 30 days.")


class TooManyWebhooks(FailedPrecondition):
    """The person has as many webhooks as one may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"There are {limit} webhooks already, and no more are possible. Delete one first.",
            limit=limit,
        )


class WebhookDisabled(FailedPrecondition):
    """The webhook is disabled, so nothing is sent to it."""

    def __init__(self) -> None:
        super().__init__("The webhook is disabled. Enable it first.")


class WebhookUrlInvalid(InvalidArgument):
    """Nothing is sent to this address."""

    def __init__(self, problem: str, *, advice: str) -> None:
        super().__init__(
            f"Nothing can be sent to this address: it {problem}. {advice}",
            violations=[Violation("url", problem)],
            problem=problem,
        )


class WebhookEventUnknown(InvalidArgument):
    """There is no event of this type."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"There is no event {name!r}. There are {', '.join(known)}.",
            violations=[Violation("events", f"has {name!r}, which is no type of event")],
            name=name,
            known=", ".join(known),
        )


class WebhookEventsEmpty(InvalidArgument):
    """A webhook without events would be sent nothing."""

    def __init__(self) -> None:
        super().__init__(
            "The webhook would be sent no events. Name some, or * for all.",
            violations=[Violation("events", "must name at least one event")],
        )


class WebhookDescriptionTooLong(InvalidArgument):
    """The description is too long."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"The description has {length} characters. Use at most {limit}.",
            violations=[Violation("description", f"must have at most {limit} characters")],
            length=length,
            limit=limit,
        )


class WebhookFieldUnknown(InvalidArgument):
    """The update mask names a field that webhooks do not have, or that cannot be changed."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"Webhooks have no field {field} that can be changed. Leave it out.",
            violations=[Violation(field, "cannot be changed")],
            field=field,
        )
