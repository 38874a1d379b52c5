"""Personal access tokens: created once, restricted to scopes, revoked everywhere."""

from datetime import timedelta
from uuid import uuid4

import grpc
import pytest

from contracts.auth.v1.account_event_service_pb2 import ListAccountEventsRequest
from contracts.auth.v1.auth_service_pb2 import GetAccountRequest, LogoutAllRequest
from contracts.auth.v1.personal_token_pb2 import PersonalToken
from contracts.auth.v1.personal_token_service_pb2 import (
    CreatePersonalTokenRequest,
    CreatePersonalTokenResponse,
    DeletePersonalTokenRequest,
    ExchangePersonalTokenRequest,
    ListPersonalTokensRequest,
)
from services.auth.domain.personal_token import is_secret, new_secret
from tests.services.auth.running import (
    RunningAuth,
    bearer,
    refused,
    registered,
    until_revoked,
)


async def create(
    auth: RunningAuth, access_token: str, *scopes: str, **fields: object
) -> CreatePersonalTokenResponse:
    token = PersonalToken(**{"name": "script", "scopes": scopes} | fields)  # type: ignore[arg-type]
    return await auth.tokens.CreatePersonalToken(
        CreatePersonalTokenRequest(token=token), metadata=bearer(access_token)
    )


async def exchange(auth: RunningAuth, secret: str) -> str:
    request = ExchangePersonalTokenRequest(secret=secret)
    return (await auth.tokens.ExchangePersonalToken(request)).access_token


async def test_a_token_acts_for_its_owner_within_its_scopes(auth: RunningAuth) -> None:
    person = await registered(auth, timezone="Asia/Tokyo")
    made = await create(auth, person.tokens.access_token, "account:read", "habits:read")
    access_token = await exchange(auth, made.secret)
    caller = auth.verified(access_token)
    assert (str(caller.id), str(caller.session_id)) == (person.account.id, made.token.id)
    assert caller.scopes == frozenset(("account:read", "habits:read"))
    seen = await auth.stub.GetAccount(GetAccountRequest(), metadata=bearer(access_token))
    assert seen.account == person.account


async def test_a_token_may_not_do_what_asks_for_another_scope_or_a_session(
    auth: RunningAuth,
) -> None:
    person = await registered(auth)
    made = await create(auth, person.tokens.access_token, "habits:read")
    restricted = bearer(await exchange(auth, made.secret))
    with refused("ACCESS_SCOPE_MISSING", grpc.StatusCode.PERMISSION_DENIED) as details:
        await auth.stub.GetAccount(GetAccountRequest(), metadata=restricted)
    assert details[0].metadata == {"scope": "account:read"}
    with refused("ACCESS_SCOPE_MISSING"):
        await auth.stub.LogoutAll(LogoutAllRequest(), metadata=restricted)
    with refused("ACCESS_SCOPE_MISSING"):
        await create(auth, await exchange(auth, made.secret), "account:read")


async def test_the_secret_is_shown_once_and_recognizable(auth: RunningAuth) -> None:
    person = await registered(auth)
    made = await create(auth, person.tokens.access_token, "habits:read")
    assert is_secret(made.secret)
    assert made.secret.startswith(made.token.prefix)
    listed = await auth.tokens.ListPersonalTokens(
        ListPersonalTokensRequest(), metadata=bearer(person.tokens.access_token)
    )
    assert list(listed.tokens) == [made.token]
    assert made.secret not in str(listed)
    async with auth.database.connection() as connection:
        rows = await connection.fetch("SELECT * FROM auth.personal_tokens")
    assert made.secret not in str(rows)


async def test_the_last_use_is_kept_to_the_minute(auth: RunningAuth) -> None:
    person = await registered(auth)
    made = await create(auth, person.tokens.access_token, "habits:read")
    assert not made.token.HasField("last_use_time")
    await exchange(auth, made.secret)
    listed = await auth.tokens.ListPersonalTokens(
        ListPersonalTokensRequest(), metadata=bearer(person.tokens.access_token)
    )
    used = listed.tokens[0].last_use_time.ToDatetime()
    assert used == auth.clock().replace(second=0, microsecond=0, tzinfo=None)


async def test_a_token_expires_and_what_it_was_exchanged_for_not_later(auth: RunningAuth) -> None:
    person = await registered(auth)
    token = PersonalToken(name="script", scopes=["habits:read"])
    token.expire_time.FromDatetime(auth.clock() + timedelta(seconds=100))
    made = await auth.tokens.CreatePersonalToken(
        CreatePersonalTokenRequest(token=token), metadata=bearer(person.tokens.access_token)
    )
    answer = await auth.tokens.ExchangePersonalToken(
        ExchangePersonalTokenRequest(secret=made.secret)
    )
    assert 95 <= answer.expires_in_seconds <= 100
    auth.clock.advance(timedelta(seconds=101))
    with refused("PERSONAL_TOKEN_INVALID", grpc.StatusCode.UNAUTHENTICATED):
        await exchange(auth, made.secret)


async def test_a_deleted_token_is_refused_everywhere(auth: RunningAuth) -> None:
    person, other = await registered(auth), await registered(auth)
    made = await create(auth, person.tokens.access_token, "habits:read")
    access_token = await exchange(auth, made.secret)
    request = DeletePersonalTokenRequest(token_id=made.token.id)
    with refused("PERSONAL_TOKEN_NOT_FOUND", grpc.StatusCode.NOT_FOUND):
        await auth.tokens.DeletePersonalToken(request, metadata=bearer(other.tokens.access_token))
    await auth.tokens.DeletePersonalToken(request, metadata=bearer(person.tokens.access_token))
    with refused("PERSONAL_TOKEN_INVALID"):
        await exchange(auth, made.secret)
    await until_revoked(auth, access_token)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "  "}, "TOKEN_NAME_MALFORMED"),
        ({"name": "x" * 81}, "TOKEN_NAME_MALFORMED"),
        ({"scopes": []}, "SCOPES_MISSING"),
        ({"scopes": ["export"]}, "SCOPE_UNKNOWN"),
        ({"scopes": ["habits:read", "everything"]}, "SCOPE_UNKNOWN"),
    ],
)
async def test_a_token_that_cannot_be_is_refused(
    auth: RunningAuth, fields: dict[str, object], reason: str
) -> None:
    person = await registered(auth)
    with refused(reason, grpc.StatusCode.INVALID_ARGUMENT):
        await create(auth, person.tokens.access_token, "habits:read", **fields)


async def test_a_token_does_not_begin_expired(auth: RunningAuth) -> None:
    person = await registered(auth)
    token = PersonalToken(name="script", scopes=["habits:read"])
    token.expire_time.FromDatetime(auth.clock())
    with refused("EXPIRE_TIME_IN_PAST"):
        await auth.tokens.CreatePersonalToken(
            CreatePersonalTokenRequest(token=token), metadata=bearer(person.tokens.access_token)
        )


async def test_an_account_has_at_most_fifty_tokens(auth: RunningAuth) -> None:
    person = await registered(auth)
    for _ in range(50):
        await create(auth, person.tokens.access_token, "habits:read")
    with refused("TOO_MANY_TOKENS", grpc.StatusCode.FAILED_PRECONDITION):
        await create(auth, person.tokens.access_token, "habits:read")


@pytest.mark.parametrize(
    "secret", ["", "habit_pat_", "habit_pat_" + "0" * 49, "ä" * 59, "well-formed"]
)
async def test_an_invented_secret_is_refused(auth: RunningAuth, secret: str) -> None:
    secret = new_secret() if secret == "well-formed" else secret
    with refused("PERSONAL_TOKEN_INVALID"):
        await exchange(auth, secret)


def test_the_checksum_finds_every_mistyped_character() -> None:
    secret = new_secret()
    for at in range(len("habit_pat_"), len(secret)):
        other = "0" if secret[at] != "0" else "1"
        assert not is_secret(secret[:at] + other + secret[at + 1 :])
    assert len(secret) == 59


async def test_creating_and_deleting_are_in_the_audit_log(auth: RunningAuth) -> None:
    person = await registered(auth)
    caller = bearer(person.tokens.access_token)
    made = await create(auth, person.tokens.access_token, "habits:read")
    await auth.tokens.DeletePersonalToken(
        DeletePersonalTokenRequest(token_id=made.token.id), metadata=caller
    )
    page = await auth.events.ListAccountEvents(ListAccountEventsRequest(), metadata=caller)
    assert [(event.kind, event.subject_id) for event in page.events] == [
        ("token_deleted", made.token.id),
        ("token_created", made.token.id),
        ("registered", ""),
    ]


async def test_a_token_id_of_somebody_else_is_no_secret_worth(auth: RunningAuth) -> None:
    with refused("PERSONAL_TOKEN_INVALID"):
        await exchange(auth, str(uuid4()))
