"""Access tokens that must be refused: forty made without the signing key, and more made with it.

They are made with joserfc, another library than the one that reads them, so that a mistake in one
is not repeated in the other.
"""

import base64
import json
import time
import warnings
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from chassis.caller import AUDIENCE, ISSUER

type Forgery = tuple[str, str]
"""What is wrong with a token, and the token."""


def b64(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def good_claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "client_id": ISSUER,
        "sub": str(uuid4()),
        "sid": str(uuid4()),
        "jti": str(uuid4()),
        "iat": now,
        "nbf": now,
        "exp": now + 900,
        "zoneinfo": "UTC",
        "day_start": "00:00",
        "week_start": "mon",
        "locale": "en",
    }
    return {name: value for name, value in (claims | changes).items() if value is not ...}


def signed(
    key: OKPKey, header: dict[str, Any], claims: dict[str, Any] | bytes, *, algorithm: str = "EdDSA"
) -> str:
    """Return a token signed by joserfc."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    registry = jws.JWSRegistry(algorithms=["EdDSA", "HS256", "HS512", "RS256", "ES256", "none"])
    registry.strict_check_header = False
    with warnings.catch_warnings():
        # EdDSA is called Ed25519 since RFC 9864; the tokens under test have the older name.
        warnings.simplefilter("ignore", SecurityWarning)
        return jws.serialize_compact(header | {"alg": algorithm}, payload, key, registry=registry)


def sign_raw(private: Ed25519PrivateKey, header: str, payload: str) -> str:
    """Return a token of a header and a payload as they are written, even malformed."""
    head = f"{b64(header)}.{b64(payload)}"
    return f"{head}.{b64(private.sign(head.encode()))}"


def good_header(key_id: str, **changes: Any) -> dict[str, Any]:
    header = {"alg": "EdDSA", "kid": key_id, "typ": "at+jwt"}
    return {name: value for name, value in (header | changes).items() if value is not ...}


def without_the_key(good: str, key_id: str, public: bytes) -> Iterator[Forgery]:
    """Yield tokens that can be made without the signing key.

    Args:
        good: A token that is accepted.
        key_id: The id of the key that signed it.
        public: That key's public bytes, which everybody can read.
    """
    yield from _changed(good, key_id)
    yield from _signed_by_others(key_id)
    yield from _other_algorithms(good, key_id, public)
    yield from _other_spellings(good)


def _changed(good: str, key_id: str) -> Iterator[Forgery]:
    head, payload, signature = good.split(".")
    header, claims = good_header(key_id), good_claims()
    yield "empty parts", ".."
    yield "two parts", f"{head}.{payload}"
    yield "four parts", f"{good}.{signature}"
    yield "no signature", f"{head}.{payload}."
    yield "a signature of zeros", f"{head}.{payload}.{b64(bytes(64))}"
    yield "half a signature", f"{head}.{payload}.{signature[:43]}"
    yield "a doubled signature", f"{head}.{payload}.{signature}{signature}"
    yield "another payload under the signature", f"{head}.{b64(json.dumps(claims))}.{signature}"
    yield (
        "another header under the signature",
        (f"{b64(json.dumps(header | {'x': 1}))}.{payload}.{signature}"),
    )
    for at in (0, 40, len(signature) - 2):
        flipped = "A" if signature[at] != "A" else "B"
        yield (
            f"signature changed at {at}",
            (f"{head}.{payload}.{signature[:at]}{flipped}{signature[at + 1 :]}"),
        )
    for at in (10, len(payload) // 2, len(payload) - 3):
        flipped = "A" if payload[at] != "A" else "B"
        yield (
            f"payload changed at {at}",
            (f"{head}.{payload[:at]}{flipped}{payload[at + 1 :]}.{signature}"),
        )


def _signed_by_others(key_id: str) -> Iterator[Forgery]:
    header, claims = good_header(key_id), good_claims()
    other = OKPKey.generate_key("Ed25519")
    yield "another key under our id", signed(other, header, claims)
    yield "another key under its own id", signed(other, header | {"kid": "mine"}, claims)
    yield "another key without an id", signed(other, good_header(key_id, kid=...), claims)
    yield (
        "another key sent along",
        signed(other, header | {"jwk": other.as_dict(private=False)}, claims),
    )
    yield (
        "another key at an address",
        signed(other, header | {"jku": "https://attacker.example/jwks.json"}, claims),
    )
    yield "a certificate sent along", signed(other, header | {"x5c": ["MIIB"]}, claims)
    yield (
        "a certificate at an address",
        signed(other, header | {"x5u": "https://a.example"}, claims),
    )
    for kid in ("", "../../dev/null", "0' OR '1'='1", "\u0000", key_id.upper(), f" {key_id}"):
        yield f"the id {kid!r}", signed(other, header | {"kid": kid}, claims)


def _other_algorithms(good: str, key_id: str, public: bytes) -> Iterator[Forgery]:
    _, payload, _ = good.split(".")
    header, claims = good_header(key_id), good_claims()
    for name in ("none", "None", "NONE", "nOnE"):
        yield f"alg {name}", f"{b64(json.dumps(header | {'alg': name}))}.{payload}."
    secret = OctKey.import_key(public)
    yield "HS256 with our public key", signed(secret, header, claims, algorithm="HS256")  # type: ignore[arg-type]
    as_text = OctKey.import_key(b64(public).encode())
    yield "HS256 with our public key as text", signed(as_text, header, claims, algorithm="HS256")  # type: ignore[arg-type]
    empty = f"{b64(json.dumps(header | {'alg': 'HS256'}))}.{payload}"
    yield "HS256 signed by nothing", f"{empty}.{b64(bytes(32))}"
    rsa = RSAKey.generate_key(2048)
    yield "RS256", signed(rsa, header, claims, algorithm="RS256")  # type: ignore[arg-type]
    curve = ECKey.generate_key("P-256")
    yield "ES256", signed(curve, header, claims, algorithm="ES256")  # type: ignore[arg-type]
    zeros = b64(json.dumps(header | {"alg": "ES256"}))
    yield "ES256 signed by zeros", f"{zeros}.{payload}.{b64(bytes(64))}"


def _other_spellings(good: str) -> Iterator[Forgery]:
    head, payload, signature = good.split(".")
    yield "padding", f"{head}.{payload}.{signature}=="
    yield "the other alphabet", f"{head}.{payload}.{'+' + signature[1:]}"
    yield "a space inside", f"{head}.{payload} .{signature}"
    yield "a line break inside", f"{head}.{payload}\n.{signature}"
    yield "over 2 KB", f"{head}.{payload}{'A' * 3000}.{signature}"
    yield "JSON instead", json.dumps({"payload": payload, "signature": signature})
    yield "an encrypted token", f"{good}.{signature}.{signature}"
    yield "an array as header", f"{b64('[]')}.{payload}.{signature}"
    yield "no JSON as header", f"{b64('header')}.{payload}.{signature}"


def with_the_key(private: Ed25519PrivateKey, key_id: str) -> Iterator[Forgery]:
    """Yield tokens that our key has signed, and that are not access tokens of ours."""
    key = OKPKey.import_key(_jwk(private))
    header, claims, now = good_header(key_id), good_claims(), int(time.time())
    for name in ("iss", "aud", "sub", "sid", "iat", "exp"):
        yield f"no {name}", signed(key, header, good_claims(**{name: ...}))
    wrong: dict[str, list[Any]] = {
        "iss": ["somebody-else", [ISSUER]],
        "aud": ["another-service", [AUDIENCE], ""],
        "sub": ["me", 1, "", str(uuid4()).upper(), f"{{{uuid4()}}}"],
        "sid": ["1", uuid4().hex, None],
        "exp": [str(now + 900), now + 900.5, True, 2**40, now - 60, now + 400 * 24 * 3600],
        "iat": [now + 3600, str(now), -1],
        "nbf": [now + 3600, "soon"],
        "scope": [7],
        "day_start": ["25:00"],
        "floor": ["soon"],
        "act": ["telegram"],
    }
    for name, values in wrong.items():
        for value in values:
            yield f"{name} {value!r}", signed(key, header, good_claims(**{name: value}))
    for typ in (..., "JWT", "at+JWT2", "id_token", "logout+jwt"):
        yield f"typ {typ!r}", signed(key, good_header(key_id, typ=typ), claims)
    text, body = json.dumps(header), json.dumps(claims)
    yield "typ 1", sign_raw(private, json.dumps(header | {"typ": 1}), body)
    yield "crit", sign_raw(private, text[:-1] + ', "crit": ["exp"], "exp": 1}', body)
    yield "b64 false", sign_raw(private, text[:-1] + ', "b64": false}', body)
    yield "a header member twice", sign_raw(private, text[:-1] + ', "alg": "EdDSA"}', body)
    yield "a claim twice", sign_raw(private, text, body[:-1] + f', "sub": "{uuid4()}"}}')
    yield "NaN", sign_raw(private, text, body.replace(str(claims["exp"]), "NaN"))
    yield "an array of claims", sign_raw(private, text, "[]")
    yield "no JSON", sign_raw(private, text, "claims")
    yield "two lines of JSON", sign_raw(private, text, body + "\n{}")
    yield "bytes that are no text", signed(key, header, b"\xff\xfe" + body.encode())
    yield "very deep JSON", sign_raw(private, text, "[" * 900)
    yield (
        "another alg than it is signed with",
        sign_raw(private, text.replace('"EdDSA"', '"HS256"'), body),
    )
    padded = sign_raw(private, text, body)
    yield "a signature with spare bits", padded[:-1] + chr(ord(padded[-1]) + 1)


def _jwk(private: Ed25519PrivateKey) -> dict[str, str | list[str]]:
    public = private.public_key().public_bytes_raw()
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": b64(public),
        "d": b64(private.private_bytes_raw()),
    }
