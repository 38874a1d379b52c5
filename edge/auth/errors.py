"""Refusals of signing in by a proxy, where no service is asked."""

from chassis.errors import FailedPrecondition, PermissionDenied, Unauthenticated


class ProxySignInNotConfigured(FailedPrecondition):
    """Signing in by a proxy is off. PROXY_SIGN_IN_HEADER turns it on."""

    def __init__(self) -> None:
        super().__init__("Signing in by a proxy is off. PROXY_SIGN_IN_HEADER turns it on.")


class ProxyNotTrusted(PermissionDenied):
    """The request does not come from a proxy that may sign people in. Come by way of one."""

    def __init__(self) -> None:
        super().__init__(
            "The request does not come from a proxy that may sign people in. Come by way of one."
        )


class ProxyUserMissing(Unauthenticated):
    """The proxy names nobody, or several. Sign in there, and pass its header on once."""

    def __init__(self) -> None:
        super().__init__(
            "The proxy names nobody, or several. Sign in there, and pass its header on once."
        )
