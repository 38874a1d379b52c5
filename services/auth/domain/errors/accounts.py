"""Refusals about accounts."""

from collections.abc import Sequence

from chassis.errors import AlreadyExists, InvalidArgument, NotFound, Violation


class EmailMalformed(InvalidArgument):
    """The email address cannot be one. Correct it."""

    def __init__(self) -> None:
        super().__init__(
            "The email address is not valid. Write it as name@example.com.",
            violations=[Violation("email", "is not an email address")],
        )


class EmailTaken(AlreadyExists):
    """An account with this email address exists, in whatever case. Sign in instead."""

    def __init__(self) -> None:
        super().__init__("There is an account with this email address already. Sign in instead.")


class DisplayNameTooLong(InvalidArgument):
    """The name is longer than messages can carry. Choose a shorter one."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The display name is too long. Use at most {most} characters.",
            violations=[Violation("display_name", f"takes at most {most} characters")],
            most=most,
        )


class TimezoneUnknown(InvalidArgument):
    """There is no IANA time zone of this name. Use one such as `Europe/Berlin`."""

    def __init__(self, name: str, *, suggestions: Sequence[str] = ()) -> None:
        advice = "Use an IANA name such as Europe/Berlin."
        if suggestions:
            advice = f"Did you mean {' or '.join(suggestions)}?"
        super().__init__(
            f"There is no time zone {name!r}. {advice}",
            violations=[Violation("timezone", f"is not an IANA time zone. {advice}")],
            timezone=name,
            suggestions=", ".join(suggestions),
        )


class LocaleMalformed(InvalidArgument):
    """The locale is no language tag. Use one such as `en` or `pt-BR`."""

    def __init__(self, locale: str) -> None:
        super().__init__(
            f"The locale {locale!r} is not a language tag. Use one such as en or pt-BR.",
            violations=[Violation("locale", "is not a language tag")],
            locale=locale,
        )


class DayStartOutOfRange(InvalidArgument):
    """A day begins between 00:00 and 12:00, in whole minutes. Write it as `HH:MM`."""

    def __init__(self, day_start: str) -> None:
        super().__init__(
            f"A day cannot begin at {day_start!r}. Write a time from 00:00 to 12:00, as 04:00.",
            violations=[Violation("day_start", "must be HH:MM from 00:00 to 12:00")],
            day_start=day_start,
        )


class WeekStartMissing(InvalidArgument):
    """The mask names `week_start` and no day was given. Name a day of the week."""

    def __init__(self) -> None:
        super().__init__(
            "The week needs a day to begin on. Send one.",
            violations=[Violation("week_start", "must be a day of the week")],
        )


class FieldUnknown(InvalidArgument):
    """The mask names a field that cannot be changed, or is none. Leave it out."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"The field {field!r} cannot be changed. Leave it out.",
            violations=[Violation(field, "cannot be changed")],
            field=field,
        )


class AccountNotFound(NotFound):
    """The caller's account is gone. Register again."""

    def __init__(self) -> None:
        super().__init__("There is no such account. It may have been deleted.")


class RequestIdMalformed(InvalidArgument):
    """The request id of a new chat account is not a UUID."""

    def __init__(self) -> None:
        super().__init__(
            "The request id is not a UUID.", violations=[Violation("request_id", "must be a UUID")]
        )
