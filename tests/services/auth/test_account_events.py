"""The audit log: what happened to an account, without secrets."""

import asyncio
from datetime import timedelta

import pytest

from contracts.auth.v1.account_event_pb2 import AccountEvent
from contracts.auth.v1.account_event_service_pb2 import ListAccountEventsRequest
from contracts.auth.v1.auth_service_pb2 import (
    LoginRequest,
    LogoutAllRequest,
    LogoutRequest,
    RefreshSessionRequest,
)
from contracts.auth.v1.credential_service_pb2 import ChangeEmailRequest, ChangePasswordRequest
from contracts.auth.v1.session_service_pb2 import DeleteSessionRequest
from tests.services.auth.running import (
    PASSWORD,
    RunningAuth,
    an_email,
    bearer,
    refused,
    registered,
)

ADDRESS = "93.184.216.34"


async def events(auth: RunningAuth, access_token: str, *, least: int) -> list[AccountEvent]:
    """Return the audit log once it has so many entries, oldest first."""
    async with asyncio.timeout(60):
        while True:
            page = await auth.events.ListAccountEvents(
                ListAccountEventsRequest(), metadata=bearer(access_token)
            )
            if len(page.events) >= least:
                return list(reversed(page.events))
            await asyncio.sleep(0.02)


async def test_everything_that_changes_who_gets_in_is_in_the_log(auth: RunningAuth) -> None:
    person = await registered(auth)
    token, email = person.tokens.access_token, an_email()
    request = LoginRequest(
        email=person.account.email, password=PASSWORD, device="Firefox", client_address=ADDRESS
    )
    elsewhere = [(await auth.stub.Login(request)).tokens for _ in range(2)]
    await auth.stub.Logout(LogoutRequest(refresh_token=elsewhere[0].refresh_token))
    session_id = str(auth.verified(elsewhere[1].access_token).session_id)
    await auth.sessions.DeleteSession(
        DeleteSessionRequest(session_id=session_id), metadata=bearer(token)
    )
    await auth.credentials.ChangePassword(
        ChangePasswordRequest(current_password=PASSWORD, new_password="staple, battery"),
        metadata=bearer(token),
    )
    await auth.credentials.ChangeEmail(
        ChangeEmailRequest(password="staple, battery", email=email), metadata=bearer(token)
    )
    found = await events(auth, token, least=7)
    assert [event.kind for event in found] == [
        "registered",
        "signed_in",
        "signed_in",
        "signed_out",
        "session_ended",
        "password_changed",
        "email_changed",
    ]
    assert (found[1].device, found[1].place) == ("Firefox", "93.184.216.x")
    assert found[2].subject_id == found[4].subject_id == session_id
    for secret in (PASSWORD, "staple, battery", ADDRESS, token, person.tokens.refresh_token):
        assert secret not in str(found)


async def test_a_failed_sign_in_is_in_the_log_of_the_account(auth: RunningAuth) -> None:
    person = await registered(auth)
    request = LoginRequest(
        email=person.account.email, password="a guess", device="curl", client_address=ADDRESS
    )
    with refused("CREDENTIALS_WRONG"):
        await auth.stub.Login(request)
    failed = (await events(auth, person.tokens.access_token, least=2))[1]
    assert (failed.kind, failed.device, failed.place) == ("sign_in_failed", "curl", "93.184.216.x")


async def test_a_stolen_refresh_token_is_in_the_log(auth: RunningAuth) -> None:
    person = await registered(auth)
    other = await auth.stub.Login(LoginRequest(email=person.account.email, password=PASSWORD))
    first = person.tokens.refresh_token
    await auth.stub.RefreshSession(RefreshSessionRequest(refresh_token=first))
    auth.clock.advance(timedelta(seconds=11))
    with refused("REFRESH_TOKEN_REUSED"):
        await auth.stub.RefreshSession(RefreshSessionRequest(refresh_token=first))
    found = await events(auth, other.tokens.access_token, least=3)
    assert found[2].kind == "refresh_token_reused"
    session_id = auth.verified(other.tokens.access_token).session_id
    assert found[2].subject_id not in ("", str(session_id))


async def test_signing_out_everywhere_is_in_the_log(auth: RunningAuth) -> None:
    person = await registered(auth)
    await auth.stub.LogoutAll(LogoutAllRequest(), metadata=bearer(person.tokens.access_token))
    again = await auth.stub.Login(LoginRequest(email=person.account.email, password=PASSWORD))
    kinds = [event.kind for event in await events(auth, again.tokens.access_token, least=3)]
    assert kinds == ["registered", "signed_out_everywhere", "signed_in"]


async def test_the_log_is_read_page_by_page_and_by_its_owner_alone(auth: RunningAuth) -> None:
    ann, bob = await registered(auth), await registered(auth)
    for _ in range(4):
        await auth.stub.Login(LoginRequest(email=ann.account.email, password=PASSWORD))
    caller = bearer(ann.tokens.access_token)
    sizes, token, seen = [], "", set()
    while True:
        request = ListAccountEventsRequest(page_size=2, page_token=token)
        page = await auth.events.ListAccountEvents(request, metadata=caller)
        sizes.append(len(page.events))
        seen |= {event.id for event in page.events}
        token = page.next_page_token
        if not token:
            break
    assert (sizes, len(seen)) == ([2, 2, 1], 5)
    assert len(await events(auth, bob.tokens.access_token, least=1)) == 1


@pytest.mark.parametrize("token", ["x", "AAAAAAAAAAAAAAAA"])
async def test_a_page_token_of_another_list_is_refused(auth: RunningAuth, token: str) -> None:
    person = await registered(auth)
    with refused("PAGE_TOKEN_INVALID"):
        await auth.events.ListAccountEvents(
            ListAccountEventsRequest(page_token=token), metadata=bearer(person.tokens.access_token)
        )
