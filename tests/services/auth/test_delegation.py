"""Tokens for services that act for people, or for themselves."""

from contextlib import nullcontext

import grpc
import pytest

from contracts.auth.v1.auth_service_pb2 import ExchangeTokenRequest, GetAccountRequest
from services.auth.domain.errors import ActorUnknown
from services.auth.use_cases.tokens import require_own_actor
from tests.services.auth.running import (
    DELEGATION_SECRET,
    RunningAuth,
    bearer,
    claims_in,
    refused,
    registered,
)

ABSENT = "0198c3f2-7d5e-7c11-9f6a-3a5b8c1d2e4f"


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
        ({"delegation_secret": "", "scope": "export"}, "DELEGATION_SECRET_WRONG"),
        ({"actor": "me, really"}, "ACTOR_UNKNOWN"),
        ({"actor": ""}, "ACTOR_UNKNOWN"),
        ({}, "SCOPE_UNKNOWN"),
        ({"scope": "everything"}, "SCOPE_UNKNOWN"),
        ({"scope": "habits:read"}, "SCOPE_UNKNOWN"),
        ({"account_id": ABSENT, "scope": "export"}, "SCOPE_UNKNOWN"),
        ({"account_id": "me"}, "ACCOUNT_NOT_FOUND"),
        ({"account_id": ABSENT}, "ACCOUNT_NOT_FOUND"),
    ],
)
async def test_others_get_no_token(auth: RunningAuth, fields: dict[str, str], reason: str) -> None:
    known = {"delegation_secret": DELEGATION_SECRET, "actor": "telegram"}
    with refused(reason):
        await auth.stub.ExchangeToken(ExchangeTokenRequest(**known | fields))


async def test_a_scope_is_obeyed_for_a_person_too(auth: RunningAuth) -> None:
    person = await registered(auth)
    request = ExchangeTokenRequest(
        account_id=person.account.id,
        delegation_secret=DELEGATION_SECRET,
        actor="telegram",
        scope="habits:read check_ins:write",
    )
    token = (await auth.stub.ExchangeToken(request)).access_token
    assert auth.verified(token).scopes == frozenset(("habits:read", "check_ins:write"))
    with refused("ACCESS_SCOPE_MISSING", grpc.StatusCode.PERMISSION_DENIED):
        await auth.stub.GetAccount(GetAccountRequest(), metadata=bearer(token))


@pytest.mark.parametrize(
    ("peer", "actor", "allowed"),
    [
        ("notifications", "telegram", True),
        ("notifications", "notifications", True),
        ("analytics", "analytics", True),
        ("analytics", "telegram", False),
        ("edge", "analytics", False),
        ("", "telegram", True),
    ],
)
def test_the_certificate_says_who_acts(peer: str, actor: str, allowed: bool) -> None:
    """Without mutual TLS there is no certificate, and the secret alone decides."""
    with nullcontext() if allowed else pytest.raises(ActorUnknown):
        require_own_actor(actor, peer)
