"""Tokens for services that act for people, or for themselves."""

import pytest

from contracts.auth.v1.auth_service_pb2 import ExchangeTokenRequest
from tests.services.auth.running import (
    DELEGATION_SECRET,
    RunningAuth,
    claims_in,
    refused,
    registered,
)


async def test_a_trusted_service_acts_for_a_person(auth: RunningAuth) -> None:
    person = await registered(auth, timezone="Asia/Tokyo")
    answer = await auth.stub.ExchangeToken(
        ExchangeTokenRequest(
            account_id=person.account.id, delegation_secret=DELEGATION_SECRET, actor="telegram"
        )
    )
    caller = auth.verified(answer.access_token)
    assert (str(caller.id), caller.timezone) == (person.account.id, "Asia/Tokyo")
    assert claims_in(answer.access_token)["act"] == {"sub": "telegram"}
    assert answer.expires_in_seconds == 300


async def test_a_service_has_a_token_of_its_own_for_one_scope(auth: RunningAuth) -> None:
    request = ExchangeTokenRequest(
        delegation_secret=DELEGATION_SECRET, actor="analytics", scope="export"
    )
    answer = await auth.stub.ExchangeToken(request)
    caller = auth.verified(answer.access_token)
    assert caller.scopes == frozenset({"export"})
    assert caller.id.int == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"delegation_secret": "guessed", "scope": "export"}, "DELEGATION_SECRET_WRONG"),
        ({"scope": "export"}, "DELEGATION_SECRET_WRONG"),
        ({"delegation_secret": DELEGATION_SECRET}, "SCOPE_UNKNOWN"),
        ({"delegation_secret": DELEGATION_SECRET, "scope": "everything"}, "SCOPE_UNKNOWN"),
        ({"delegation_secret": DELEGATION_SECRET, "account_id": "me"}, "ACCOUNT_NOT_FOUND"),
        (
            {
                "delegation_secret": DELEGATION_SECRET,
                "account_id": "0198c3f2-7d5e-7c11-9f6a-3a5b8c1d2e4f",
            },
            "ACCOUNT_NOT_FOUND",
        ),
    ],
)
async def test_others_get_no_token(auth: RunningAuth, fields: dict[str, str], reason: str) -> None:
    with refused(reason):
        await auth.stub.ExchangeToken(ExchangeTokenRequest(**fields))
