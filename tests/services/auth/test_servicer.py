"""Accounts through a real gRPC server, as other services and the edge see them."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import bcrypt
import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from chassis.rpc.status import refusal_details
from contracts.auth.v1.account_pb2 import Account, Weekday
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from contracts.auth.v1.auth_service_pb2 import (
    DeleteAccountRequest,
    GetAccountRequest,
    GetKeySetRequest,
    LoginRequest,
    RefreshSessionRequest,
    UpdateAccountRequest,
)
from services.auth.domain.errors import AccountNotFound
from services.auth.use_cases import accounts
from tests.services.auth.running import (
    PASSWORD,
    RunningAuth,
    an_email,
    bearer,
    claims_in,
    events_of,
    refused,
    registered,
    registration,
    until_revoked,
)


async def update(auth: RunningAuth, token: str, *mask: str, **fields: object) -> Account:
    request = UpdateAccountRequest(
        account=Account(**fields),  # type: ignore[arg-type]
        update_mask=FieldMask(paths=mask),
    )
    return (await auth.stub.UpdateAccount(request, metadata=bearer(token))).account


async def test_who_registers_is_signed_in(auth: RunningAuth) -> None:
    answer = await registered(auth, timezone="Pacific/Auckland", day_start="03:00")
    caller = auth.verified(answer.tokens.access_token)
    assert str(caller.id) == answer.account.id
    assert caller.timezone == "Pacific/Auckland"
    assert f"{caller.day_start:%H:%M}" == "03:00"
    assert answer.tokens.expires_in_seconds == 900


async def test_a_new_account_has_defaults(auth: RunningAuth) -> None:
    account = (await registered(auth)).account
    assert (account.timezone, account.locale, account.day_start) == ("UTC", "en", "00:00")
    assert account.week_start == Weekday.WEEKDAY_MONDAY
    assert account.revision == 1
    assert account.floor_date == ""


async def test_registering_is_announced_without_the_address(auth: RunningAuth) -> None:
    account = (await registered(auth, timezone="Asia/Tokyo")).account
    announced = {event.account.id: event for event in await events_of(auth, UserRegistered)}
    assert announced[account.id].account.timezone == "Asia/Tokyo"
    assert announced[account.id].account.email == ""


async def test_an_address_is_taken_in_any_case(auth: RunningAuth) -> None:
    email = an_email()
    await auth.stub.Register(registration(email))
    with refused("EMAIL_TAKEN", grpc.StatusCode.ALREADY_EXISTS):
        await auth.stub.Register(registration(email.upper()))


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"email": "nobody"}, "EMAIL_MALFORMED", "email"),
        ({"email": "a" * 250 + "@example.com"}, "EMAIL_MALFORMED", "email"),
        ({"password": "short"}, "PASSWORD_TOO_SHORT", "password"),
        ({"password": "ü" * 129}, "PASSWORD_TOO_LONG", "password"),
        ({"password": "qwertyuiop"}, "PASSWORD_COMMON", "password"),
        ({"password": "my habit tracker"}, "PASSWORD_CONTAINS_PRODUCT", "password"),
        (
            {"email": "annabel@example.com", "password": "my annabel lee"},
            "PASSWORD_CONTAINS_EMAIL",
            "password",
        ),
        ({"display_name": "x" * 81}, "DISPLAY_NAME_TOO_LONG", "display_name"),
        ({"timezone": "Mars/Olympus"}, "TIMEZONE_UNKNOWN", "timezone"),
        ({"locale": "english"}, "LOCALE_MALFORMED", "locale"),
        ({"day_start": "12:01"}, "DAY_START_OUT_OF_RANGE", "day_start"),
        ({"day_start": "3:00"}, "DAY_START_OUT_OF_RANGE", "day_start"),
        ({"day_start": "29:00"}, "DAY_START_OUT_OF_RANGE", "day_start"),
    ],
)
async def test_registration_names_the_field_that_is_wrong(
    auth: RunningAuth, fields: dict[str, str], reason: str, field: str
) -> None:
    email = fields.pop("email", None)
    with refused(reason, grpc.StatusCode.INVALID_ARGUMENT) as details:
        await auth.stub.Register(registration(email, **fields))
    assert [wrong.field for wrong in details[0].violations] == [field]


async def test_a_day_start_that_is_refused_is_shown_as_it_should_be(auth: RunningAuth) -> None:
    with refused("DAY_START_OUT_OF_RANGE", grpc.StatusCode.INVALID_ARGUMENT) as details:
        await auth.stub.Register(registration(day_start="4:00"))
    assert "'4:00'" in details[0].message
    assert details[0].message.endswith("as 04:00.")


@pytest.mark.parametrize("email", ["ann@home.local", "ann@example.test", "ANN+tag@Example.ORG"])
async def test_addresses_of_a_household_are_taken(auth: RunningAuth, email: str) -> None:
    await auth.stub.Register(registration(email))
    answer = await auth.stub.Login(LoginRequest(email=email.lower(), password=PASSWORD))
    assert answer.account.email.lower() == email.lower()


async def test_login_takes_the_address_in_any_case(auth: RunningAuth) -> None:
    account = (await registered(auth)).account
    answer = await auth.stub.Login(LoginRequest(email=account.email.upper(), password=PASSWORD))
    assert answer.account == account
    assert str(auth.verified(answer.tokens.access_token).id) == account.id


@pytest.mark.parametrize("email", ["known", "nobody@example.com", "no address at all"])
async def test_login_does_not_tell_what_was_wrong(auth: RunningAuth, email: str) -> None:
    account = (await registered(auth)).account
    request = LoginRequest(email=account.email if email == "known" else email, password="wrong pw")
    with refused("CREDENTIALS_WRONG", grpc.StatusCode.UNAUTHENTICATED):
        await auth.stub.Login(request)


async def test_every_character_of_a_long_password_counts(auth: RunningAuth) -> None:
    """Bcrypt reads 72 bytes; what follows must not be ignored."""
    phrase = "сорок тысяч обезьян в лес бежали молча и вдаль"
    account = (await registered(auth, password=phrase)).account
    await auth.stub.Login(LoginRequest(email=account.email, password=phrase))
    for other in (phrase[:-1], phrase + "x", phrase[:-1] + "ё"):
        with refused("CREDENTIALS_WRONG"):
            await auth.stub.Login(LoginRequest(email=account.email, password=other))


async def test_an_old_hash_is_upgraded_at_login(auth: RunningAuth) -> None:
    """ASVS 11.4.2: what was hashed by an older scheme does not stay so."""
    account = (await registered(auth)).account
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    statement = "UPDATE auth.accounts SET password_hash = $2 WHERE id = $1"
    async with auth.database.connection() as connection:
        await connection.execute(statement, UUID(account.id), old)
    for _ in range(2):
        await auth.stub.Login(LoginRequest(email=account.email, password=PASSWORD))
        async with auth.database.connection() as connection:
            stored = await connection.fetchval(
                "SELECT password_hash FROM auth.accounts WHERE id = $1", UUID(account.id)
            )
        assert stored.startswith("h1:$2b$04$")


async def test_a_password_is_the_same_however_it_is_typed(auth: RunningAuth) -> None:
    account = (await registered(auth, password="grün und groß")).account
    decomposed = "gru\N{COMBINING DIAERESIS}n und groß"
    answer = await auth.stub.Login(LoginRequest(email=account.email, password=decomposed))
    assert answer.account.id == account.id


async def test_an_account_is_its_owners(auth: RunningAuth) -> None:
    ann, bob = await registered(auth), await registered(auth)
    seen = await auth.stub.GetAccount(GetAccountRequest(), metadata=bearer(bob.tokens.access_token))
    assert seen.account == bob.account != ann.account


async def test_an_account_needs_a_caller(auth: RunningAuth) -> None:
    with refused("ACCESS_TOKEN_MISSING", grpc.StatusCode.UNAUTHENTICATED):
        await auth.stub.GetAccount(GetAccountRequest())


async def test_an_update_takes_what_the_mask_names(auth: RunningAuth) -> None:
    person = await registered(auth, display_name="Ann", locale="de")
    token = person.tokens.access_token
    changed = await update(
        auth, token, "display_name", "week_start", locale="fr", week_start=Weekday.WEEKDAY_SUNDAY
    )
    assert changed.display_name == ""
    assert changed.locale == "de"
    assert changed.week_start == Weekday.WEEKDAY_SUNDAY
    assert changed.revision == 2
    before, after = changed.week_changes
    assert (before.effective_date, before.week_start) == ("", Weekday.WEEKDAY_MONDAY)
    assert after.effective_date
    assert after.week_start == Weekday.WEEKDAY_SUNDAY
    later = await update(auth, token, "locale", locale="en")
    assert list(later.week_changes) == [before, after]


async def test_an_update_without_a_mask_takes_what_is_set(auth: RunningAuth) -> None:
    person = await registered(auth, display_name="Ann")
    changed = await update(auth, person.tokens.access_token, locale="PT-br", email="x@y.example")
    assert (changed.display_name, changed.locale) == ("Ann", "pt-BR")
    assert changed.email == person.account.email


@pytest.mark.parametrize("field", ["email", "id", "*", "revision", "no_field"])
async def test_a_mask_names_only_what_can_be_changed(auth: RunningAuth, field: str) -> None:
    person = await registered(auth)
    with refused("FIELD_UNKNOWN") as details:
        await update(auth, person.tokens.access_token, field)
    assert details[0].metadata == {"field": field}


async def test_a_week_begins_on_some_day(auth: RunningAuth) -> None:
    person = await registered(auth)
    with refused("WEEK_START_MISSING"):
        await update(auth, person.tokens.access_token, "week_start")


async def test_an_update_is_announced_once_and_nothing_new_not_at_all(auth: RunningAuth) -> None:
    person = await registered(auth)
    for _ in range(2):
        await update(auth, person.tokens.access_token, display_name="Ann")
    events = [e for e in await events_of(auth, UserUpdated) if e.account.id == person.account.id]
    assert [event.account.revision for event in events] == [2]
    assert events[0].account.display_name == "Ann"


async def test_travel_keeps_today_from_going_back(auth: RunningAuth) -> None:
    """From Auckland to Honolulu it is yesterday again; the day left becomes the floor."""
    person = await registered(auth, timezone="Pacific/Auckland")
    auth.clock.set(datetime(2026, 3, 10, 20, tzinfo=UTC))  # in Auckland, the 11th
    changed = await update(auth, person.tokens.access_token, timezone="Pacific/Honolulu")
    assert changed.floor_date == "2026-03-11"
    login = await auth.stub.Login(LoginRequest(email=changed.email, password=PASSWORD))
    assert claims_in(login.tokens.access_token)["floor"] == "2026-03-11"


async def test_travel_over_the_date_line_tells_the_days_nobody_lived(auth: RunningAuth) -> None:
    """23:30 on the 9th in Pago Pago is 00:30 on the 11th in Kiritimati: the 10th is jumped."""
    person = await registered(auth, timezone="Pacific/Pago_Pago")
    auth.clock.set(datetime(2026, 3, 10, 10, 30, tzinfo=UTC))
    await update(auth, person.tokens.access_token, timezone="Pacific/Kiritimati")
    events = [e for e in await events_of(auth, UserUpdated) if e.account.id == person.account.id]
    assert (events[0].jumped_from_date, events[0].jumped_to_date) == ("2026-03-10", "2026-03-10")
    assert events[0].account.floor_date == "2026-03-09"


async def test_deleting_takes_the_password_and_everything(auth: RunningAuth) -> None:
    person = await registered(auth)
    caller = bearer(person.tokens.access_token)
    with refused("PASSWORD_WRONG", grpc.StatusCode.PERMISSION_DENIED):
        await auth.stub.DeleteAccount(DeleteAccountRequest(password="wrong"), metadata=caller)
    await auth.stub.DeleteAccount(DeleteAccountRequest(password=PASSWORD), metadata=caller)
    assert person.account.id in {e.account_id for e in await events_of(auth, UserDeleted)}
    await until_revoked(auth, person.tokens.access_token)
    with refused("REFRESH_TOKEN_INVALID"):
        await auth.stub.RefreshSession(
            RefreshSessionRequest(refresh_token=person.tokens.refresh_token)
        )
    with refused("CREDENTIALS_WRONG"):
        await auth.stub.Login(LoginRequest(email=person.account.email, password=PASSWORD))


async def test_deleted_twice_at_once_is_deleted_and_announced_once(auth: RunningAuth) -> None:
    person = await registered(auth)
    caller = bearer(person.tokens.access_token)
    request = DeleteAccountRequest(password=PASSWORD)
    outcomes = await asyncio.gather(
        *(auth.stub.DeleteAccount(request, metadata=caller) for _ in range(2)),
        return_exceptions=True,
    )
    (error,) = [outcome for outcome in outcomes if isinstance(outcome, grpc.aio.AioRpcError)]
    assert refusal_details(error).reason in ("ACCOUNT_NOT_FOUND", "ACCESS_TOKEN_REVOKED")
    events = [event.account_id for event in await events_of(auth, UserDeleted)]
    assert events.count(person.account.id) == 1


async def test_what_was_deleted_meanwhile_is_not_announced_again(auth: RunningAuth) -> None:
    with pytest.raises(AccountNotFound):
        async with auth.database.transaction() as session:
            await accounts.delete_account(session, uuid4())


async def test_the_key_set_holds_public_keys_only(auth: RunningAuth) -> None:
    answer = await auth.stub.GetKeySet(GetKeySetRequest())
    (key,) = json.loads(answer.key_set_json)["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
