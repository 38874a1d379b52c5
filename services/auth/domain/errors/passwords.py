"""Refusals about passwords."""

from uuid import UUID

from chassis.errors import (
    FailedPrecondition,
    InvalidArgument,
    PermissionDenied,
    Unauthenticated,
    Violation,
)


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


class PasswordNotSet(FailedPrecondition):
    """The account has no password to prove or change. Set an email address and a password first."""

    def __init__(self) -> None:
        super().__init__("The account has no password yet. Set an email address and one first.")


class PasswordAlreadySet(FailedPrecondition):
    """The account has a password. Change it with the current one."""

    def __init__(self) -> None:
        super().__init__("The account has a password already. Change it with the current one.")


class PasswordWrong(PermissionDenied):
    """The password asked for again is not the account's."""

    def __init__(self) -> None:
        super().__init__("The password is wrong.")


class CredentialsWrong(Unauthenticated):
    """Email address and password do not belong together, or there is no such account."""

    def __init__(self, account_id: UUID | None = None) -> None:
        super().__init__("The email address or the password is wrong.")
        self.account_id = account_id
        """The account that was tried; for the audit log alone."""
