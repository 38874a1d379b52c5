"""What production takes as a secret, and what it refuses."""

import secrets
from random import Random

import pytest

from chassis.secret_strength import weakness
from chassis.settings import SettingsError, read
from services.auth.settings import KeySettings


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("", "shorter than 16"),
        ("f3a91c77b2d04e5", "shorter than 16"),
        ("a" * 40, "same few characters"),
        ("abcabcabcabcabcabc", "same few characters"),
        ("f3a91c77f3a91c77", "same few characters"),
        ("x7!0123456789-q-w", "sequence"),
        ("zyxwvutsrqponmlk", "sequence"),
        ("development-secret", "common word"),
        ("Development-Secret-2026", "common word"),
        ("change-me-please-now", "common word"),
        ("correct horse battery", "common word"),
    ],
)
def test_a_short_or_guessable_secret_is_refused_with_its_reason(secret: str, reason: str) -> None:
    assert reason in (weakness(secret) or "")


def test_what_openssl_makes_is_taken() -> None:
    random = Random(2026)
    for _ in range(2000):
        assert weakness(random.randbytes(32).hex()) is None


def environment(**changed: str) -> dict[str, str]:
    files = {"SIGNING_KEY_FILE": "/nowhere", "JWKS_FILE": "/nowhere"}
    return files | {"PRODUCTION": "true"} | changed


def test_production_refuses_a_weak_secret_by_its_name_and_development_takes_it() -> None:
    with pytest.raises(SettingsError, match=r"^DELEGATION_SECRET contains a common word"):
        read(KeySettings, environment(DELEGATION_SECRET="development-secret"))
    told = environment(DELEGATION_SECRET="development-secret", PRODUCTION="false")
    assert read(KeySettings, told).delegation_secret == "development-secret"


def test_production_looks_at_the_passwords_in_urls_and_never_shows_one() -> None:
    from chassis.background import BackgroundSettings

    told = environment(DATABASE_URL="postgresql://habits:hunter2@postgres/habits")
    with pytest.raises(SettingsError) as caught:
        read(BackgroundSettings, told)
    assert "The password in DATABASE_URL is shorter than 16 characters" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    strong = secrets.token_hex(32)
    read(BackgroundSettings, environment(DATABASE_URL=f"postgresql://h:{strong}@db/habits"))
