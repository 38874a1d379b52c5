"""Changing password and email address; accounts and sign-in codes that come from a chat."""

from datetime import timedelta
from uuid import uuid4

import grpc
import pytest

from contracts.auth.v1.account_pb2 import Account, TokenPair
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered
from contracts.auth.v1.auth_service_pb2 import (
    DeleteAccountRequest,
    ExchangeTokenRequest,
    GetAccountRequest,
    LoginRequest,
    RefreshSessionRequest,
)
from contracts.auth.v1.credential_service_pb2 import (
    ChangeEmailRequest,
    ChangePasswordRequest,
    CreateChatAccountRequest,
    CreateChatAccountResponse,
    CreateSignInCodeRequest,
    SetCredentialsRequest,
    SignInWithCodeRequest,
)
from tests.services.auth.running import (
    DELEGATION_SECRET,
    PASSWORD,
    RunningAuth,
    an_email,
    bearer,
    events_of,
    refused,
    registered,
)

NEW_PASSWORD = "staple that, battery"


async def login(auth: RunningAuth, email: str, password: str = PASSWORD) -> TokenPair:
    return (await auth.stub.Login(LoginRequest(email=email, password=password))).tokens


async def chat_account(auth: RunningAuth, **fields: str) -> CreateChatAccountResponse:
    request_id = fields.pop("request_id", None) or str(uuid4())
    return await auth.credentials.CreateChatAccount(
        CreateChatAccountRequest(
            delegation_secret=DELEGATION_SECRET,
            request_id=request_id,
            account=Account(**fields),  # type: ignore[arg-type]
        )
    )


async def acting_for(auth: RunningAuth, account_id: str) -> str:
    """Return the token with which the bot acts for a person."""
    answer = await auth.stub.ExchangeToken(
        ExchangeTokenRequest(
            delegation_secret=DELEGATION_SECRET, account_id=account_id, actor="telegram"
        )
    )
    return answer.access_token


async def test_a_new_password_ends_every_other_session(auth: RunningAuth) -> None:
    person = await registered(auth)
    elsewhere = await login(auth, person.account.email)
    await auth.credentials.ChangePassword(
        ChangePasswordRequest(current_password=PASSWORD, new_password=NEW_PASSWORD),
        metadata=bearer(person.tokens.access_token),
    )
    with refused("REFRESH_TOKEN_INVALID"):
        await auth.stub.RefreshSession(RefreshSessionRequest(refresh_token=elsewhere.refresh_token))
    await auth.stub.RefreshSession(RefreshSessionRequest(refresh_token=person.tokens.refresh_token))
    with refused("CREDENTIALS_WRONG"):
        await login(auth, person.account.email)
    await login(auth, person.account.email, NEW_PASSWORD)


@pytest.mark.parametrize(
    ("current", "new", "reason"),
    [
        ("not this one", NEW_PASSWORD, "PASSWORD_WRONG"),
        (PASSWORD, "short", "PASSWORD_TOO_SHORT"),
        (PASSWORD, "qwertyuiop", "PASSWORD_COMMON"),
        (PASSWORD, "my habit tracker", "PASSWORD_CONTAINS_PRODUCT"),
    ],
)
async def test_a_password_that_cannot_be_changed_stays(
    auth: RunningAuth, current: str, new: str, reason: str
) -> None:
    person = await registered(auth)
    with refused(reason):
        await auth.credentials.ChangePassword(
            ChangePasswordRequest(current_password=current, new_password=new),
            metadata=bearer(person.tokens.access_token),
        )
    await login(auth, person.account.email)


async def test_an_email_address_is_changed_with_the_password(auth: RunningAuth) -> None:
    person, email = await registered(auth), an_email()
    caller = bearer(person.tokens.access_token)
    with refused("PASSWORD_WRONG"):
        await auth.credentials.ChangeEmail(
            ChangeEmailRequest(password="guessed", email=email), metadata=caller
        )
    answer = await auth.credentials.ChangeEmail(
        ChangeEmailRequest(password=PASSWORD, email=email), metadata=caller
    )
    assert answer.account.email == email
    await login(auth, email)
    with refused("CREDENTIALS_WRONG"):
        await login(auth, person.account.email)


async def test_an_email_address_is_taken_from_nobody(auth: RunningAuth) -> None:
    ann, bob = await registered(auth), await registered(auth)
    with refused("EMAIL_TAKEN", grpc.StatusCode.ALREADY_EXISTS):
        await auth.credentials.ChangeEmail(
            ChangeEmailRequest(password=PASSWORD, email=ann.account.email.upper()),
            metadata=bearer(bob.tokens.access_token),
        )
    await login(auth, bob.account.email)


async def test_a_chat_account_needs_no_email(auth: RunningAuth) -> None:
    answer = await chat_account(auth, timezone="Asia/Tokyo", locale="de", display_name="Mia")
    account = answer.account
    assert answer.created
    assert (account.email, account.timezone, account.locale) == ("", "Asia/Tokyo", "de")
    assert account.id in {event.account.id for event in await events_of(auth, UserRegistered)}
    caller = bearer(await acting_for(auth, account.id))
    assert (await auth.stub.GetAccount(GetAccountRequest(), metadata=caller)).account == account


async def test_the_same_request_of_a_chat_gets_the_same_account(auth: RunningAuth) -> None:
    request_id = str(uuid4())
    first = await chat_account(auth, request_id=request_id)
    again = await chat_account(auth, request_id=request_id)
    assert again.account == first.account
    assert (first.created, again.created) == (True, False)
    with refused("REQUEST_ID_MALFORMED"):
        await chat_account(auth, request_id="my request")


async def test_a_chat_account_is_for_trusted_services(auth: RunningAuth) -> None:
    request = CreateChatAccountRequest(delegation_secret="guess", request_id=str(uuid4()))
    with refused("DELEGATION_SECRET_WRONG"):
        await auth.credentials.CreateChatAccount(request)


async def test_a_chat_account_gets_email_and_password_later(auth: RunningAuth) -> None:
    account, email = (await chat_account(auth)).account, an_email()
    caller = bearer(await acting_for(auth, account.id))
    request = SetCredentialsRequest(email=email, password=PASSWORD)
    answer = await auth.credentials.SetCredentials(request, metadata=caller)
    assert answer.account.email == email
    await login(auth, email)
    with refused("PASSWORD_ALREADY_SET", grpc.StatusCode.FAILED_PRECONDITION):
        await auth.credentials.SetCredentials(request, metadata=caller)


async def test_setting_a_taken_email_sets_no_password_either(auth: RunningAuth) -> None:
    taken = (await registered(auth)).account.email
    caller = bearer(await acting_for(auth, (await chat_account(auth)).account.id))
    request = SetCredentialsRequest(email=taken, password=PASSWORD)
    with refused("EMAIL_TAKEN"):
        await auth.credentials.SetCredentials(request, metadata=caller)
    request.email = an_email()
    await auth.credentials.SetCredentials(request, metadata=caller)


async def test_an_account_without_a_password_has_none_to_change(auth: RunningAuth) -> None:
    caller = bearer(await acting_for(auth, (await chat_account(auth)).account.id))
    with refused("PASSWORD_NOT_SET"):
        await auth.credentials.ChangePassword(
            ChangePasswordRequest(current_password="", new_password=NEW_PASSWORD), metadata=caller
        )
    with refused("PASSWORD_NOT_SET"):
        await auth.credentials.ChangeEmail(
            ChangeEmailRequest(password="", email=an_email()), metadata=caller
        )


@pytest.mark.parametrize("with_password", [False, True])
async def test_a_person_deletes_their_account_in_the_chat(
    auth: RunningAuth, with_password: bool
) -> None:
    account = (await registered(auth) if with_password else await chat_account(auth)).account
    caller = bearer(await acting_for(auth, account.id))
    await auth.stub.DeleteAccount(DeleteAccountRequest(), metadata=caller)
    assert account.id in {event.account_id for event in await events_of(auth, UserDeleted)}


async def test_a_code_from_the_chat_signs_in_once(auth: RunningAuth) -> None:
    account = (await chat_account(auth)).account
    caller = bearer(await acting_for(auth, account.id))
    answer = await auth.credentials.CreateSignInCode(CreateSignInCodeRequest(), metadata=caller)
    assert answer.expires_in_seconds == 600
    typed = answer.code.lower().replace("-", " ").replace("0", "O").replace("1", "l")
    signed_in = await auth.credentials.SignInWithCode(SignInWithCodeRequest(code=typed))
    assert signed_in.account == account
    assert str(auth.verified(signed_in.tokens.access_token).id) == account.id
    with refused("SIGN_IN_CODE_INVALID", grpc.StatusCode.UNAUTHENTICATED):
        await auth.credentials.SignInWithCode(SignInWithCodeRequest(code=typed))


async def test_only_the_last_code_of_an_account_works(auth: RunningAuth) -> None:
    caller = bearer(await acting_for(auth, (await chat_account(auth)).account.id))
    codes = [
        await auth.credentials.CreateSignInCode(CreateSignInCodeRequest(), metadata=caller)
        for _ in range(2)
    ]
    with refused("SIGN_IN_CODE_INVALID"):
        await auth.credentials.SignInWithCode(SignInWithCodeRequest(code=codes[0].code))
    await auth.credentials.SignInWithCode(SignInWithCodeRequest(code=codes[1].code))


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "AAAA", "äöüß-äöüß-äöüß", "U" * 12])
async def test_an_invented_code_signs_nobody_in(auth: RunningAuth, code: str) -> None:
    with refused("SIGN_IN_CODE_INVALID"):
        await auth.credentials.SignInWithCode(SignInWithCodeRequest(code=code))


async def test_a_code_of_a_deleted_account_signs_nobody_in(auth: RunningAuth) -> None:
    caller = bearer(await acting_for(auth, (await chat_account(auth)).account.id))
    answer = await auth.credentials.CreateSignInCode(CreateSignInCodeRequest(), metadata=caller)
    await auth.stub.DeleteAccount(DeleteAccountRequest(), metadata=caller)
    auth.clock.advance(timedelta(seconds=1))
    with refused("SIGN_IN_CODE_INVALID"):
        await auth.credentials.SignInWithCode(SignInWithCodeRequest(code=answer.code))
