"""The Ed25519 key that signs access tokens, and the JWKS that every service verifies with."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from chassis.access_token import ALGORITHM
from chassis.caller import TOKEN_TYPE

MAX_KEYS = 5
"""How many public keys a JWKS holds; the oldest are dropped first."""


class SigningKey:
    """An Ed25519 private key. Its id is its RFC 7638 thumbprint."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public: dict[str, Any] = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
        named = {name: public[name] for name in ("crv", "kty", "x")}
        text = json.dumps(named, separators=(",", ":"), sort_keys=True)
        self.id = urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
        self.public_jwk = named | {"kid": self.id, "use": "sig", "alg": ALGORITHM}

    @classmethod
    def generate(cls) -> "SigningKey":
        """Generate a new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Read a key.

        Raises:
            ValueError: It is no Ed25519 private key in PEM.
        """
        private = load_pem_private_key(pem, password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("The signing key is not an Ed25519 key.")
        return cls(private)

    def to_pem(self) -> bytes:
        """Return the private key as unencrypted PKCS 8 PEM."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, claims: dict[str, Any]) -> str:
        """Return the claims as a signed access token (RFC 9068)."""
        headers = {"kid": self.id, "typ": TOKEN_TYPE}
        return jwt.encode(claims, self._private, algorithm=ALGORITHM, headers=headers)


def key_set_with(key: SigningKey, key_set_json: str | None = None) -> str:
    """Return a JWKS with this key first, then the newest of the given JWKS."""
    known = json.loads(key_set_json)["keys"] if key_set_json else []
    others = [jwk for jwk in known if jwk.get("kid") != key.id]
    return json.dumps({"keys": [key.public_jwk, *others][:MAX_KEYS]}, indent=2) + "\n"
