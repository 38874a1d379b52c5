"""Refusals about people whom somebody else has authenticated: a provider, or a proxy."""

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, PermissionDenied


class ProxySignInOff(FailedPrecondition):
    """Signing in by a proxy's header is off. `PROXY_SIGN_IN` turns it on."""

    def __init__(self) -> None:
        super().__init__("Signing in by a proxy is off. Sign in with a password.")


class ProxyUserUnknown(PermissionDenied):
    """The proxy names somebody without an account, and the settings create none. Link one first."""

    def __init__(self) -> None:
        super().__init__(
            "No account is linked to the user that the proxy names. "
            "Sign in to one and link it, or ask who runs this."
        )


class ProxyUserMalformed(InvalidArgument):
    """The user that the proxy names is empty, too long, or no line of text."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The proxy names a user that cannot be one. It takes 1 to {most} characters.",
            most=most,
        )


class IdentityTaken(AlreadyExists):
    """The identity is linked to another account already. Sign in to that one."""

    def __init__(self) -> None:
        super().__init__("This identity is linked to another account already.")
