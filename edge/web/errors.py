"""Refusals of the web app's session routes."""

from chassis.errors import PermissionDenied, Unauthenticated


class CrossSiteRequest(PermissionDenied):
    """The browser says that another site has sent the request."""

    def __init__(self) -> None:
        super().__init__("This call is only for pages of this address. Open the app itself.")


class WebSessionMissing(Unauthenticated):
    """The browser has sent no session cookie."""

    def __init__(self) -> None:
        super().__init__("This browser is not signed in. Sign in first.")
