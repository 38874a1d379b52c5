"""Which addresses deliveries may go to: the public internet, and networks that are allowed."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from chassis.public_addresses import Network, is_public, parse_address
from services.notifications.domain.webhook_errors import WebhookUrlInvalid

LONGEST_URL = 2048

_SCHEMES = ("https", "http")
_NOT_IN_URLS = frozenset(' "<>\\^`{|}')
_ADVICE = "Use the https address of a server that is reachable from the internet."
_PRIVATE_ADVICE = f"{_ADVICE} Whoever runs this can allow networks by WEBHOOK_ALLOWED_NETWORKS."


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Decides which addresses deliveries may go to.

    Everything outside the public internet is refused, and http everywhere: a person could
    otherwise have the server ask for pages of its own network. Whoever runs the server can allow
    networks, in which both are possible.
    """

    allowed_networks: tuple[Network, ...] = ()

    def check_url(self, url: str) -> None:
        """Check an address as far as that is possible without resolving its name.

        Raises:
            WebhookUrlInvalid: Nothing can be sent to it.
        """
        parts = _parsed(url)
        if parts.scheme == "http" and not self.allowed_networks:
            raise WebhookUrlInvalid("is not https", advice=_ADVICE)
        host = parts.hostname or ""
        if host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
            host = "127.0.0.1"
        if parse_address(host) is None:
            return  # a name: what it resolves to is checked whenever it is connected to
        problem = self.problem_of(host, scheme=parts.scheme)
        if problem:
            raise WebhookUrlInvalid(problem, advice=_PRIVATE_ADVICE)

    def problem_of(self, address: str, *, scheme: str) -> str:
        """Return why nothing is sent to an IP address; empty where it may be.

        Args:
            address: The address that is about to be connected to.
            scheme: `https` or `http`.
        """
        found = parse_address(address)
        if found is None:
            return "is not an IP address"
        if any(found in network for network in self.allowed_networks):
            return ""
        if not is_public(found):
            return "is in a network that is not public"
        return "" if scheme == "https" else "is not https"


def _parsed(url: str) -> SplitResult:
    """Split a URL that is written as it has to be."""
    if len(url) > LONGEST_URL:
        raise WebhookUrlInvalid(f"has more than {LONGEST_URL} characters", advice=_ADVICE)
    if not url.isascii() or not url.isprintable() or _NOT_IN_URLS.intersection(url):
        raise WebhookUrlInvalid(
            "has characters that have to be encoded", advice="Percent-encode them."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WebhookUrlInvalid("cannot be read", advice=_ADVICE) from None
    if parts.scheme not in _SCHEMES:
        raise WebhookUrlInvalid("is not https", advice=_ADVICE)
    if not parts.hostname or port == 0:
        raise WebhookUrlInvalid("names no server", advice=_ADVICE)
    if parts.username is not None or parts.password is not None:
        raise WebhookUrlInvalid(
            "has a user name or password", advice="Leave it out: deliveries are signed."
        )
    if parts.fragment or url.endswith("#"):
        raise WebhookUrlInvalid("has a fragment", advice="Leave out what follows the #.")
    return parts
