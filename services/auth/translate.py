"""Protobuf to domain and back. Refuses what cannot be read; decides nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import time
from typing import Any
from uuid import UUID

from contracts.auth.v1.account_pb2 import Account as WireAccount
from contracts.auth.v1.account_pb2 import TokenPair
from contracts.auth.v1.account_pb2 import Weekday as WireWeekday
from contracts.auth.v1.auth_service_pb2 import (
    ExchangeTokenRequest,
    ExchangeTokenResponse,
    LoginRequest,
    RegisterRequest,
    UpdateAccountRequest,
)
from rhythm import days
from services.auth.domain.account import (
    MAX_DAY_START,
    MAX_DISPLAY_NAME_LENGTH,
    Account,
    Profile,
    Weekday,
)
from services.auth.domain.email import read_email
from services.auth.domain.errors import (
    AccountNotFound,
    CredentialsWrong,
    DayStartOutOfRange,
    DisplayNameTooLong,
    EmailMalformed,
    FieldUnknown,
    LocaleMalformed,
    RefreshTokenInvalid,
    TimezoneUnknown,
    WeekStartMissing,
)
from services.auth.domain.password import read_new_password, read_password
from services.auth.domain.refresh_token import RefreshToken, read_refresh_token
from services.auth.domain.sign_in import (
    AccessToken,
    ClientInfo,
    Login,
    Registration,
    SignInResult,
    TokenExchange,
)

_MAX_DEVICE_LENGTH = 200
_MAX_ADDRESS_LENGTH = 64
_LOCALE = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)
_WALL_TIME = re.compile(r"[0-2][0-9]:[0-5][0-9]")


def registration_from_wire(request: RegisterRequest) -> Registration:
    """Read a registration.

    Raises:
        InvalidArgument: Address, password or a field of the profile cannot be taken.
    """
    return Registration(
        email=read_email(request.account.email),
        password=read_new_password(request.password),
        profile=_profile(request.account, _fields_set(request.account)),
        client=_client_info(request.device, request.client_address),
    )


def login_from_wire(request: LoginRequest) -> Login:
    """Read a login.

    Raises:
        CredentialsWrong: It is not an email address, so no account has it.
    """
    try:
        email = read_email(request.email)
    except EmailMalformed:
        raise CredentialsWrong from None
    return Login(
        email=email,
        password=read_password(request.password),
        client=_client_info(request.device, request.client_address),
    )


def profile_from_wire(request: UpdateAccountRequest) -> Profile:
    """Read the fields to change: those of the mask; without one, those that are set.

    Raises:
        FieldUnknown: The mask names a field that cannot be changed.
        InvalidArgument: A new value cannot be taken.
    """
    fields = list(request.update_mask.paths)
    for field in fields:
        if field not in _READERS:
            raise FieldUnknown(field)
    return _profile(request.account, fields or _fields_set(request.account))


def refresh_token_from_wire(text: str) -> RefreshToken:
    """Read a refresh token.

    Raises:
        RefreshTokenInvalid: It is malformed.
    """
    return read_refresh_token(text)


def refresh_token_to_end_from_wire(text: str) -> RefreshToken | None:
    """Read the refresh token of a session to end; None when it is malformed."""
    try:
        return read_refresh_token(text)
    except RefreshTokenInvalid:
        return None


def password_from_wire(text: str) -> bytes:
    """Read the password of a signed-in person who is asked for it again."""
    return read_password(text)


def exchange_from_wire(request: ExchangeTokenRequest) -> TokenExchange:
    """Read a token exchange.

    Raises:
        AccountNotFound: The account's id is no id.
    """
    try:
        account_id = UUID(request.account_id) if request.account_id else None
    except ValueError:
        raise AccountNotFound from None
    return TokenExchange(
        secret=request.delegation_secret,
        actor=request.actor,
        account_id=account_id,
        scope=request.scope,
    )


def account_to_wire(account: Account) -> WireAccount:
    """Return an account with all fields its owner sees."""
    wire = WireAccount(
        id=str(account.id),
        email=account.email,
        display_name=account.display_name,
        timezone=account.timezone,
        locale=account.locale,
        week_start=WireWeekday.Value(f"WEEKDAY_{account.week_start.name}"),
        day_start=f"{account.day_start:%H:%M}",
        revision=account.revision,
        floor_date=account.floor_date.isoformat() if account.floor_date else "",
    )
    wire.create_time.FromDatetime(account.create_time)
    return wire


def tokens_to_wire(sign_in: SignInResult) -> TokenPair:
    """Return the token pair of a sign-in."""
    return TokenPair(
        access_token=sign_in.access_token.text,
        refresh_token=str(sign_in.refresh_token),
        expires_in_seconds=int(sign_in.access_token.lifetime.total_seconds()),
    )


def exchanged_token_to_wire(token: AccessToken) -> ExchangeTokenResponse:
    """Return the result of a token exchange."""
    return ExchangeTokenResponse(
        access_token=token.text, expires_in_seconds=int(token.lifetime.total_seconds())
    )


def _display_name(wire: WireAccount) -> str:
    name = " ".join(wire.display_name.split())
    if len(name) > MAX_DISPLAY_NAME_LENGTH:
        raise DisplayNameTooLong(MAX_DISPLAY_NAME_LENGTH)
    return name


def _timezone(wire: WireAccount) -> str:
    if wire.timezone not in days.zone_names():
        raise TimezoneUnknown(wire.timezone)
    return wire.timezone


def _locale(wire: WireAccount) -> str:
    found = _LOCALE.fullmatch(wire.locale)
    if found is None:
        raise LocaleMalformed(wire.locale)
    language, script, region = (part or "" for part in found.groups())
    return "-".join(filter(None, (language.lower(), script.title(), region.upper())))


def _week_start(wire: WireAccount) -> Weekday:
    if not WireWeekday.WEEKDAY_MONDAY <= wire.week_start <= WireWeekday.WEEKDAY_SUNDAY:
        raise WeekStartMissing
    return Weekday[WireWeekday.Name(wire.week_start).removeprefix("WEEKDAY_")]


def _day_start(wire: WireAccount) -> time:
    if not _WALL_TIME.fullmatch(wire.day_start) or wire.day_start >= "24":
        raise DayStartOutOfRange(wire.day_start)
    day_start = time.fromisoformat(wire.day_start)
    if day_start > MAX_DAY_START:
        raise DayStartOutOfRange(wire.day_start)
    return day_start


_READERS: Mapping[str, Callable[[WireAccount], Any]] = {
    "display_name": _display_name,
    "timezone": _timezone,
    "locale": _locale,
    "week_start": _week_start,
    "day_start": _day_start,
}


def _fields_set(wire: WireAccount) -> list[str]:
    return [field for field in _READERS if getattr(wire, field)]


def _profile(wire: WireAccount, fields: list[str]) -> Profile:
    return Profile(**{field: _READERS[field](wire) for field in fields})


def _client_info(device: str, address: str) -> ClientInfo:
    return ClientInfo(device[:_MAX_DEVICE_LENGTH], address[:_MAX_ADDRESS_LENGTH])
