"""Protobuf to domain, for people whom a proxy has authenticated."""

from services.auth.domain.email import read_email
from services.auth.domain.errors import EmailMalformed, ProxyUserMalformed
from services.auth.domain.identity import Identity

MAX_USER_LENGTH = 254

_ISSUER = "proxy"


def identity_from_user(user: str) -> Identity:
    """Return the identity of a user as a proxy names them, who may be an email address.

    Raises:
        ProxyUserMalformed: It cannot be a user.
    """
    name = user.strip()
    if not 1 <= len(name) <= MAX_USER_LENGTH or not name.isprintable():
        raise ProxyUserMalformed(MAX_USER_LENGTH)
    try:
        email = read_email(name)
    except EmailMalformed:
        email = ""
    return Identity(
        issuer=_ISSUER,
        subject=email.casefold() or name,
        email=email,
        name=name.partition("@")[0],
    )
