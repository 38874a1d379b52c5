"""Refusals about tokens, codes and sessions."""

from uuid import UUID

from chassis.errors import (
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    Unauthenticated,
    Violation,
)


class ScopeUnknown(InvalidArgument):
    """There is no such scope, or a service may not have it for itself. The docs list them."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"There is no scope {scope!r} for this token. See the list of scopes.",
            violations=[Violation("scope", "is not a scope")],
            scope=scope,
        )


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


class DelegationSecretWrong(Unauthenticated):
    """The secret shared by services that act for people is not the one sent, or none is set."""

    def __init__(self) -> None:
        super().__init__("The delegation secret is wrong.")


class SignInCodeInvalid(Unauthenticated):
    """The sign-in code was used, has expired, or never existed. Ask for a new one in the chat."""

    def __init__(self) -> None:
        super().__init__("The code is not valid or was used already. Ask for a new one.")


class OidcNotConfigured(FailedPrecondition):
    """The settings name no OpenID provider. Sign in with a password."""

    def __init__(self) -> None:
        super().__init__("No OpenID provider is configured. Sign in with a password.")


class RedirectUriUnknown(InvalidArgument):
    """The settings do not list the address that the browser shall come back to."""

    def __init__(self) -> None:
        super().__init__(
            "The settings do not list this address. Add it to OIDC_REDIRECT_URIS.",
            violations=[Violation("redirect_uri", "is not listed in the settings")],
        )


class OidcSignInFailed(Unauthenticated):
    """The sign-in was begun elsewhere, took too long, or the provider refused it. Begin again."""

    def __init__(self) -> None:
        super().__init__("The sign-in at the OpenID provider failed. Begin again.")


class SessionNotFound(NotFound):
    """The caller has no such session; it may have ended."""

    def __init__(self) -> None:
        super().__init__("There is no such session. It may have ended already.")


class TokenNameMalformed(InvalidArgument):
    """The name of a personal access token is empty or too long. Use 1 to 80 characters."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The token needs a name of 1 to {most} characters.",
            violations=[Violation("name", f"must have 1 to {most} characters")],
            most=most,
        )


class ScopesMissing(InvalidArgument):
    """A personal access token was asked for without a scope. Name at least one."""

    def __init__(self) -> None:
        super().__init__(
            "The token needs at least one scope.",
            violations=[Violation("scopes", "needs at least one")],
        )


class ExpireTimeInPast(InvalidArgument):
    """A personal access token would have expired already. Choose a later moment, or none."""

    def __init__(self) -> None:
        super().__init__(
            "The token would have expired already. Choose a later moment, or none.",
            violations=[Violation("expire_time", "must lie in the future")],
        )


class TooManyTokens(FailedPrecondition):
    """The account has as many personal access tokens as it may have. Delete one first."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"There are {most} personal access tokens already. Delete one first.", most=most
        )


class PersonalTokenNotFound(NotFound):
    """The caller has no such personal access token."""

    def __init__(self) -> None:
        super().__init__("There is no such personal access token.")
