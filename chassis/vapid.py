"""The key that push services know an installation by (VAPID, RFC 8292): a key pair of P-256.

Written as other tools write it: the private number, or the uncompressed public point, in unpadded
URL-safe base 64.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_KEY_BYTES = 32
_POINT_BYTES = 65


def create_vapid_key() -> str:
    """Return a new private key: 43 characters."""
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return to_base64(number.to_bytes(_KEY_BYTES))


def read_vapid_key(text: str) -> "EllipticCurvePrivateKey":
    """Read a private key.

    Raises:
        ValueError: It is none.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    raw = from_base64(text)
    if len(raw) != _KEY_BYTES:
        raise ValueError("A VAPID key is 43 characters of URL-safe base 64.")
    return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())


def public_point(key: "EllipticCurvePrivateKey") -> str:
    """Return the public key as browsers take it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return to_base64(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def is_public_point(text: str) -> bool:
    """Say whether a text is a public key as browsers write it: a point that lies on the curve."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        raw = from_base64(text)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return len(raw) == _POINT_BYTES


def to_base64(raw: bytes) -> str:
    """Write bytes in unpadded URL-safe base 64."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def from_base64(text: str) -> bytes:
    """Read bytes in URL-safe base 64, padded or not.

    Raises:
        ValueError: It is something else.
    """
    if not text.isascii() or set("+/").intersection(text):
        raise ValueError("This is not URL-safe base 64.")
    bare = text.rstrip("=")
    raw = urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if to_base64(raw) != bare:
        raise ValueError("This is not URL-safe base 64.")
    return raw
