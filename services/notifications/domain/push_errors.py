"""What is refused about browsers that show reminders, and what would help."""

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation


class PushNotConfigured(FailedPrecondition):
    """This installation has no key that push services would know it by."""

    def __init__(self) -> None:
        super().__init__(
            "There are no reminders in browsers here. Whoever runs this can set "
            "WEB_PUSH_PRIVATE_KEY."
        )


class TooManyPushSubscriptions(FailedPrecondition):
    """The person has as many subscribed browsers as one may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Reminders go to {limit} browsers already, and to no more. Delete one of them first.",
            limit=limit,
        )


class PushEndpointInvalid(InvalidArgument):
    """The endpoint is no address of a push service."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The endpoint {problem}. Send the one that the browser's push service gave.",
            violations=[Violation("endpoint", problem)],
            problem=problem,
        )


class PushKeysInvalid(InvalidArgument):
    """A key of the subscription is not what browsers make."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(
            f"The key {key} {problem}. Send it as the browser's subscription has it.",
            violations=[Violation(f"keys.{key}", problem)],
            key=key,
        )


class PushSubscriptionNotFound(NotFound):
    """The caller has no subscription with this id."""

    def __init__(self, subscription_id: str) -> None:
        super().__init__(
            f"You have no subscribed browser {subscription_id}. List them to see which there are.",
            push_subscription_id=subscription_id,
        )


class AccountNotFound(NotFound):
    """The account was deleted; its access token has a few minutes left."""

    def __init__(self) -> None:
        super().__init__("This account was deleted. Sign in with another one.")
