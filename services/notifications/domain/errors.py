"""What this service refuses, and what would help."""

from datetime import timedelta

from chassis.errors import (
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    ResourceExhausted,
    Unauthenticated,
    Violation,
)


class ChatNotLinked(NotFound):
    """The person has no chat linked; a deep link makes one."""

    def __init__(self) -> None:
        super().__init__("No chat is linked. Ask for a link and open it on your phone.")


class BotNotConfigured(FailedPrecondition):
    """This installation runs without a Telegram bot; whoever runs it can give it one."""

    def __init__(self) -> None:
        super().__init__(
            "There is no Telegram bot here. Whoever runs this can set TELEGRAM_BOT_TOKEN."
        )


class TooManyLinks(ResourceExhausted):
    """The person asked for many links in a short time; the newest one still works."""

    def __init__(self, *, retry_after: timedelta) -> None:
        seconds = int(retry_after.total_seconds())
        super().__init__(
            f"That were many links in a short time. Use the last one, or wait {seconds} seconds.",
            retry_after=retry_after,
            retry_after_seconds=seconds,
        )


class FieldUnknown(InvalidArgument):
    """The update mask names a field that preferences do not have."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"Preferences have no field {field}. Leave it out.",
            violations=[Violation(field, "is not a field of preferences")],
            field=field,
        )


class WallTimeMalformed(InvalidArgument):
    """A time of day is not written `HH:MM`."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(
            f"{field} is {text!r}. Write a time of day as HH:MM, such as 21:00.",
            violations=[Violation(field, "must be a time of day, HH:MM")],
            field=field,
            value=text,
        )


class QuietHoursIncomplete(InvalidArgument):
    """Quiet hours have only one end; they need both, or none."""

    def __init__(self) -> None:
        super().__init__(
            "Quiet hours need both a beginning and an end. Give both, or neither.",
            violations=[Violation("quiet_hours", "needs both from and to")],
        )


class QuietHoursEmpty(InvalidArgument):
    """Quiet hours begin and end at the same time; that could mean never or always."""

    def __init__(self, at: str) -> None:
        super().__init__(
            f"Quiet hours begin and end at {at}. Choose two times; to be left alone altogether, "
            "switch the bot off.",
            violations=[Violation("quiet_hours", "must not begin and end at the same time")],
            at=at,
        )


class InitDataInvalid(Unauthenticated):
    """Telegram has not signed the launch data for this bot, or it was changed since."""

    def __init__(self) -> None:
        super().__init__(
            "Telegram has not signed this launch data for the bot. "
            "Open the app from the bot's menu."
        )


class InitDataExpired(Unauthenticated):
    """Telegram signed the launch data too long ago."""

    def __init__(self) -> None:
        super().__init__("This launch is older than an hour. Close the app and open it again.")


class InitDataUsed(Unauthenticated):
    """The same launch data has signed in often enough."""

    def __init__(self) -> None:
        super().__init__("This launch has been used already. Close the app and open it again.")


class TelegramNotLinked(FailedPrecondition):
    """The Telegram user is linked with no account here."""

    def __init__(self) -> None:
        super().__init__(
            "This Telegram account is linked with no account here. "
            "Create one, or sign in to yours and link it."
        )


class RegistrationRefused(InvalidArgument):
    """auth does not create an account with what was given, such as an unknown time zone."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, reason_of_auth=reason)
