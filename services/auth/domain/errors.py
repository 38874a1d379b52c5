"""Every refusal of auth."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Violation,
)
from services.auth.domain.rate_limit import RateStatus


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


class PasswordTooShort(InvalidArgument):
    """A new password has too few characters. Choose a longer one."""

    def __init__(self, least: int) -> None:
        super().__init__(
            f"The password is too short. Use at least {least} characters.",
            violations=[Violation("password", f"needs at least {least} characters")],
            least=least,
        )


class PasswordTooLong(InvalidArgument):
    """A new password has too many characters. Choose a shorter one."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The password is too long. Use at most {most} characters.",
            violations=[Violation("password", f"takes at most {most} characters")],
            most=most,
        )


class PasswordCommon(InvalidArgument):
    """A new password is among the most common ones, which are guessed first. Choose another."""

    def __init__(self) -> None:
        super().__init__(
            "The password is one of the most common ones. Use one that nobody else would think of.",
            violations=[Violation("password", "is among the most common passwords")],
        )


class PasswordContainsEmail(InvalidArgument):
    """A new password contains the name in the email address. Choose another."""

    def __init__(self) -> None:
        super().__init__(
            "The password contains your email address's name. Use one without it.",
            violations=[Violation("password", "contains the name in the email address")],
        )


class PasswordContainsProduct(InvalidArgument):
    """A new password contains the name of this product. Choose another."""

    def __init__(self) -> None:
        super().__init__(
            "The password contains the name of this product. Use one without it.",
            violations=[Violation("password", "contains the name of this product")],
        )


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


class ScopeUnknown(InvalidArgument):
    """There is no such scope, or a service may not have it for itself. The docs list them."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"There is no scope {scope!r} for this token. See the list of scopes.",
            violations=[Violation("scope", "is not a scope")],
            scope=scope,
        )


class AccountNotFound(NotFound):
    """The caller's account is gone. Register again."""

    def __init__(self) -> None:
        super().__init__("There is no such account. It may have been deleted.")


class CredentialsWrong(Unauthenticated):
    """Email address and password do not belong together, or there is no such account."""

    def __init__(self, account_id: UUID | None = None) -> None:
        super().__init__("The email address or the password is wrong.")
        self.account_id = account_id
        """The account that was tried; for the audit log alone."""


class PasswordNotSet(FailedPrecondition):
    """The account has no password to prove or change. Set an email address and a password first."""

    def __init__(self) -> None:
        super().__init__("The account has no password yet. Set an email address and one first.")


class PasswordAlreadySet(FailedPrecondition):
    """The account has a password. Change it with the current one."""

    def __init__(self) -> None:
        super().__init__("The account has a password already. Change it with the current one.")


class RequestIdMalformed(InvalidArgument):
    """The request id of a new chat account is not a UUID."""

    def __init__(self) -> None:
        super().__init__(
            "The request id is not a UUID.", violations=[Violation("request_id", "must be a UUID")]
        )


class SignInCodeInvalid(Unauthenticated):
    """The sign-in code was used, has expired, or never existed. Ask for a new one in the chat."""

    def __init__(self) -> None:
        super().__init__("The code is not valid or was used already. Ask for a new one.")


class SessionNotFound(NotFound):
    """The caller has no such session; it may have ended."""

    def __init__(self) -> None:
        super().__init__("There is no such session. It may have ended already.")


class PasswordWrong(PermissionDenied):
    """The password asked for again is not the account's."""

    def __init__(self) -> None:
        super().__init__("The password is wrong.")


class RefreshTokenInvalid(Unauthenticated):
    """The refresh token belongs to no session: it ended, expired, or never was. Sign in again."""

    def __init__(self) -> None:
        super().__init__("The session is over. Sign in again.")


class RefreshTokenReused(Unauthenticated):
    """A refresh token was spent before: somebody may have copied it, so the session was ended."""

    def __init__(self, account_id: UUID, session_id: UUID) -> None:
        super().__init__(
            "The refresh token was used before, so its session was ended. Sign in again."
        )
        self.account_id = account_id
        self.session_id = session_id
        """Whose session was ended; for the audit log alone."""


class ActorUnknown(InvalidArgument):
    """No service of this name may exchange tokens."""

    def __init__(self, actor: str) -> None:
        super().__init__(
            f"There is no service {actor!r} that may exchange tokens.",
            violations=[Violation("actor", "is not a service that may exchange tokens")],
            actor=actor,
        )


class PersonalTokenInvalid(Unauthenticated):
    """The personal access token was deleted, has expired, or never existed. Create a new one."""

    def __init__(self) -> None:
        super().__init__("The personal access token is not valid. Create a new one.")


class DelegationSecretWrong(Unauthenticated):
    """The secret shared by services that act for people is not the one sent, or none is set."""

    def __init__(self) -> None:
        super().__init__("The delegation secret is wrong.")


class TooManyAttempts(ResourceExhausted):
    """Too many attempts, for this account, session or address. Wait, then try again."""

    def __init__(self, status: RateStatus) -> None:
        super().__init__(
            "Too many attempts. Try again later.",
            retry_after=max(status.reset, timedelta(seconds=1)),
            policy=status.policy.name,
            quota=status.policy.quota,
            window_seconds=int(status.policy.window.total_seconds()),
        )


class TooBusy(ResourceExhausted):
    """Too many people are signing in at this moment. Try again in a moment."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(
            "Too many people are signing in at this moment. Try again shortly.",
            retry_after=retry_after,
        )
