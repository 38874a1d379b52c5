from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from chassis.access_token import PublicKey
from chassis.clock import ManualClock
from chassis.context import RequestContext, use_context
from chassis.errors import Unavailable
from chassis.identity import (
    AccessTokenExpired,
    AccessTokenInvalid,
    AccessTokenMissing,
    TokenVerifier,
    _read_keys,
    current_caller,
)
from tests.builders import SigningKey, a_caller


def test_a_token_says_who_asks_and_how_their_days_go(signing_key: SigningKey) -> None:
    caller = a_caller(
        timezone="Pacific/Auckland",
        day_start=time(3, 30),
        week_start="sun",
        locale="de",
        floor_date=date(2026, 1, 9),
        scopes=frozenset({"habits:read", "export"}),
    )
    assert TokenVerifier(signing_key.jwks_file).verify(signing_key.token(caller)) == caller


def test_nobody_is_refused_by_name(signing_key: SigningKey) -> None:
    with pytest.raises(AccessTokenMissing):
        TokenVerifier(signing_key.jwks_file).verify("")


def test_a_token_that_is_over_says_so(signing_key: SigningKey) -> None:
    past = datetime.now(UTC) - timedelta(minutes=1)
    token = signing_key.token(a_caller(expire_time=past), issue_time=past)
    with pytest.raises(AccessTokenExpired):
        TokenVerifier(signing_key.jwks_file).verify(token)


def test_a_known_token_expires_too(
    signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signing_key.token(a_caller())
    verifier = TokenVerifier(signing_key.jwks_file)
    verifier.verify(token)
    later = datetime.now(UTC).timestamp() + 16 * 60
    monkeypatch.setattr("time.time", lambda: later)
    with pytest.raises(AccessTokenExpired):
        verifier.verify(token)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_changed_anywhere_is_refused(signing_key: SigningKey, part: int) -> None:
    parts = signing_key.token(a_caller()).split(".")
    middle = len(parts[part]) // 2
    flipped = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + flipped + parts[part][middle + 1 :]
    with pytest.raises(AccessTokenInvalid):
        TokenVerifier(signing_key.jwks_file).verify(".".join(parts))


@pytest.mark.parametrize("token", ["x", "a.b.c", "ä.ö.ü", "." * 40, "e30.e30.", "x" * 5000])
def test_rubbish_is_refused(signing_key: SigningKey, token: str) -> None:
    with pytest.raises(AccessTokenInvalid):
        TokenVerifier(signing_key.jwks_file).verify(token)


def test_a_key_that_is_not_in_the_file_signs_nothing(
    signing_key: SigningKey, tmp_path: Path
) -> None:
    stranger = SigningKey(tmp_path / "strange.json", key_id="strange")
    pretender = SigningKey(tmp_path / "pretend.json", key_id=signing_key.key_id)
    for other in (stranger, pretender):
        with pytest.raises(AccessTokenInvalid):
            TokenVerifier(signing_key.jwks_file).verify(other.token(a_caller()))


def test_no_algorithm_but_ours_is_taken(signing_key: SigningKey) -> None:
    import jwt

    claims = a_caller().to_claims(issue_time=datetime.now(UTC))
    unsigned = jwt.encode(claims, "", "none", headers={"kid": signing_key.key_id})
    shared = jwt.encode(claims, "x" * 32, "HS256", headers={"kid": signing_key.key_id})
    for token in (unsigned, shared):
        with pytest.raises(AccessTokenInvalid):
            TokenVerifier(signing_key.jwks_file).verify(token)


@pytest.mark.parametrize("claim", ["sub", "sid", "exp", "iat", "iss"])
def test_a_claim_may_not_be_missing(signing_key: SigningKey, claim: str) -> None:
    claims = a_caller().to_claims(issue_time=datetime.now(UTC))
    del claims[claim]
    with pytest.raises(AccessTokenInvalid):
        TokenVerifier(signing_key.jwks_file).verify(signing_key.sign(claims))


@pytest.mark.parametrize(
    ("claim", "value"), [("sub", "me"), ("day_start", "25:00"), ("floor", "soon"), ("sid", "1")]
)
def test_a_claim_that_cannot_be_read_is_refused(
    signing_key: SigningKey, claim: str, value: str
) -> None:
    claims = a_caller().to_claims(issue_time=datetime.now(UTC)) | {claim: value}
    with pytest.raises(AccessTokenInvalid):
        TokenVerifier(signing_key.jwks_file).verify(signing_key.sign(claims))


def test_a_new_key_is_found_without_a_restart(signing_key: SigningKey, tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 1, 9, tzinfo=UTC))
    verifier = TokenVerifier(signing_key.jwks_file, monotonic=lambda: clock().timestamp())
    caller = a_caller()
    verifier.verify(signing_key.token(caller))
    newer = SigningKey(tmp_path / "newer.json", key_id="newer")
    signing_key.publish(newer)
    assert verifier.verify(newer.token(caller)) == caller


def test_strange_keys_have_the_file_read_at_most_once_in_ten_seconds(
    signing_key: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the microsecond, however many ask; the file's time stays, so nothing else reads it."""
    clock = ManualClock(datetime(2026, 1, 9, tzinfo=UTC))
    verifier = TokenVerifier(signing_key.jwks_file, monotonic=lambda: clock().timestamp())
    verifier.verify(signing_key.token(a_caller()))
    reads: list[datetime] = []

    def read_keys(file: Path) -> dict[str, PublicKey]:
        reads.append(clock())
        return _read_keys(file)

    monkeypatch.setattr("chassis.identity._read_keys", read_keys)
    strangers = [SigningKey(tmp_path / f"{i}.json", key_id=f"strange-{i}") for i in range(5)]
    spans = [timedelta(0), timedelta(seconds=4), timedelta(seconds=5.999999)]
    for by in [*spans, timedelta(microseconds=1), *spans[1:], timedelta(microseconds=1)]:
        clock.advance(by)
        for stranger in strangers:
            with pytest.raises(AccessTokenInvalid):
                verifier.verify(stranger.token(a_caller()))
    assert [it - reads[0] for it in reads] == [timedelta(seconds=it) for it in (0, 10, 20)]


def test_before_auth_has_made_its_keys_the_service_is_not_there_yet(tmp_path: Path) -> None:
    key = SigningKey(tmp_path / "jwks.json")
    with pytest.raises(Unavailable):
        TokenVerifier(tmp_path / "nothing.json").verify(key.token(a_caller()))


@pytest.mark.parametrize("text", ["", "[]", '{"keys": []}', '{"keys": 1}'])
def test_a_file_without_keys_is_the_same(tmp_path: Path, text: str) -> None:
    token = SigningKey(tmp_path / "jwks.json").token(a_caller())
    (tmp_path / "jwks.json").write_text(text)
    with pytest.raises(Unavailable):
        TokenVerifier(tmp_path / "jwks.json").verify(token)


def test_what_is_remembered_is_bounded(
    signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.identity._CACHE_SIZE", 3)
    verifier = TokenVerifier(signing_key.jwks_file)
    callers = [a_caller() for _ in range(5)]
    for caller in callers:
        verifier.verify(signing_key.token(caller))
    assert len(verifier._cache) == 3
    assert verifier.verify(signing_key.token(callers[0])) == callers[0]


def test_without_a_call_there_is_no_caller() -> None:
    with pytest.raises(AccessTokenMissing):
        current_caller()
    caller = a_caller()
    with use_context(RequestContext(caller=caller)):
        assert current_caller() is caller
