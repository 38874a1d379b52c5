"""The signing key, and the set of public keys."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.auth.domain.keys import MAX_KEYS, SigningKey, key_set_with


def test_a_key_is_kept_and_read() -> None:
    key = SigningKey.generate()
    assert SigningKey.from_pem(key.to_pem()).id == key.id


def test_the_id_is_the_thumbprint_of_rfc_7638() -> None:
    """The example of RFC 8037, appendix A.3."""
    secret = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
    public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    jwk = {"kty": "OKP", "crv": "Ed25519", "d": secret, "x": public}
    private = jwt.PyJWK.from_dict(jwk | {"alg": "EdDSA"}).key
    assert SigningKey(private).id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_any_key_of_the_set_verifies_what_it_signed() -> None:
    old, new = SigningKey.generate(), SigningKey.generate()
    keys = jwt.PyJWKSet.from_json(key_set_with(new, key_set_with(old)))
    for key in (old, new):
        token = key.sign({"sub": "ann"})
        kid = jwt.get_unverified_header(token)["kid"]
        assert jwt.decode(token, keys[kid], algorithms=["EdDSA"]) == {"sub": "ann"}
        assert jwt.get_unverified_header(token)["typ"] == "at+jwt"


def test_a_set_holds_a_key_once_newest_first_and_no_secret() -> None:
    old, new = SigningKey.generate(), SigningKey.generate()
    text = key_set_with(new, key_set_with(new, key_set_with(old)))
    assert [key["kid"] for key in json.loads(text)["keys"]] == [new.id, old.id]
    assert '"d"' not in text


def test_a_set_does_not_grow_for_ever() -> None:
    text: str | None = None
    for _ in range(MAX_KEYS + 3):
        newest = SigningKey.generate()
        text = key_set_with(newest, text)
    keys = json.loads(text or "")["keys"]
    assert len(keys) == MAX_KEYS
    assert keys[0]["kid"] == newest.id


def test_another_kind_of_key_is_refused() -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(ValueError, match="Ed25519"):
        SigningKey.from_pem(pem)
