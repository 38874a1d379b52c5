"""Protobuf to domain and back, for accounts."""

import re
from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from chassis.text import normalize_line
from contracts.auth.v1.account_pb2 import Account as WireAccount
from contracts.auth.v1.account_pb2 import Weekday as WireWeekday
from contracts.auth.v1.auth_service_pb2 import RegisterRequest, UpdateAccountRequest
from services.auth.domain.account import (
    MAX_DAY_START,
    MAX_DISPLAY_NAME_LENGTH,
    Account,
    Profile,
    Weekday,
)
from services.auth.domain.client import ClientInfo
from services.auth.domain.email import read_email
from services.auth.domain.errors import (
    DayStartOutOfRange,
    DisplayNameTooLong,
    FieldUnknown,
    LocaleMalformed,
    WeekStartMissing,
)
from services.auth.domain.password import read_new_password
from services.auth.domain.sign_in import Registration
from services.auth.domain.timezones import read_timezone
from services.auth.events import week_changes_to_wire

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
        profile=profile_of_new_account(request.account),
        client=client_from_wire(request.device, request.client_address),
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
        week_changes=week_changes_to_wire(account.week_changes),
    )
    wire.create_time.FromDatetime(account.create_time)
    return wire


def email_from_wire(text: str) -> str:
    """Read an email address.

    Raises:
        EmailMalformed: It cannot be an address.
    """
    return read_email(text)


def profile_of_new_account(account: WireAccount) -> Profile:
    """Read the fields of a new account that are set.

    Raises:
        InvalidArgument: A field cannot be taken.
    """
    return _profile(account, _fields_set(account))


def client_from_wire(device: str, address: str) -> ClientInfo:
    """Read the client that a request came from."""
    return ClientInfo(device[:_MAX_DEVICE_LENGTH], address[:_MAX_ADDRESS_LENGTH])


def _display_name(wire: WireAccount) -> str:
    name = normalize_line(" ".join(wire.display_name.split()), "account.display_name")
    if len(name) > MAX_DISPLAY_NAME_LENGTH:
        raise DisplayNameTooLong(MAX_DISPLAY_NAME_LENGTH)
    return name


def _timezone(wire: WireAccount) -> str:
    return read_timezone(wire.timezone)


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
