"""Builders for tests: a caller, and a signing key for the caller's access token."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from chassis.caller import TOKEN_TYPE, Caller
from chassis.identity import ALGORITHM


class SigningKey:
    """A private key that signs tokens; writes its public key to the file that services read."""

    def __init__(self, jwks_file: Path, key_id: str = "test") -> None:
        self.jwks_file = jwks_file
        self.key_id = key_id
        self.private = Ed25519PrivateKey.generate()
        self.publish()

    def publish(self, *others: "SigningKey") -> None:
        """Write this key, and others beside it, to the file."""
        keys = [
            {**json.loads(OKPAlgorithm.to_jwk(key.private.public_key())), "kid": key.key_id}
            for key in (self, *others)
        ]
        self.jwks_file.write_text(json.dumps({"keys": keys}))

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a token with these claims."""
        headers = {"kid": self.key_id, "typ": TOKEN_TYPE}
        return jwt.encode(claims, self.private, ALGORITHM, headers=headers)

    def token(self, caller: Caller, *, issue_time: datetime | None = None) -> str:
        """Return an access token of a caller."""
        return self.sign(caller.to_claims(issue_time=issue_time or datetime.now(UTC)))


def a_caller(**changes: Any) -> Caller:
    """Return a new caller: new ids, and a token that is valid for a quarter of an hour."""
    values = {
        "id": uuid4(),
        "session_id": uuid4(),
        "expire_time": datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=15),
    }
    return Caller(**{**values, **changes})
