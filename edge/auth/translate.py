"""REST to gRPC and back, for accounts."""

from datetime import UTC
from typing import cast, get_args
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask

from contracts.auth.v1.account_pb2 import Account, TokenPair, Weekday
from contracts.auth.v1.auth_service_pb2 import (
    LoginRequest,
    RegisterRequest,
    UpdateAccountRequest,
)
from edge.auth.schemas import LoginBody, RegisterBody, SignedIn, User, UserPatch, WeekStart

_DAYS: tuple[WeekStart, ...] = get_args(WeekStart)
"""In the order of the wire's numbers, which begin at 1."""


def register_to_wire(body: RegisterBody, *, device: str, client_address: str) -> RegisterRequest:
    """Return the request for an account."""
    return RegisterRequest(
        account=Account(
            email=body.email,
            display_name=body.display_name,
            timezone=body.timezone,
            locale=body.locale,
            week_start=_day_to_wire(body.week_start),
            day_start=body.day_start,
        ),
        password=body.password,
        device=device,
        client_address=client_address,
    )


def login_to_wire(body: LoginBody, *, device: str, client_address: str) -> LoginRequest:
    """Return the request to sign in."""
    return LoginRequest(
        email=body.email, password=body.password, device=device, client_address=client_address
    )


def patch_to_wire(patch: UserPatch) -> UpdateAccountRequest:
    """Return the request to change what the body names; null empties a field."""
    return UpdateAccountRequest(
        account=Account(
            display_name=patch.display_name or "",
            timezone=patch.timezone or "",
            locale=patch.locale or "",
            week_start=_day_to_wire(patch.week_start),
            day_start=patch.day_start or "",
        ),
        update_mask=FieldMask(paths=sorted(patch.model_fields_set)),
    )


def user_from_wire(account: Account) -> User:
    """Return an account as REST shows it."""
    return User(
        id=UUID(account.id),
        email=account.email or None,
        display_name=account.display_name,
        timezone=account.timezone,
        locale=account.locale,
        week_start=_DAYS[account.week_start - 1],
        day_start=account.day_start,
        create_time=account.create_time.ToDatetime(UTC),
    )


def signed_in_from_wire(account: Account, tokens: TokenPair) -> SignedIn:
    """Return the answer to a sign-in."""
    return SignedIn(
        user=user_from_wire(account),
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in=tokens.expires_in_seconds,
    )


def _day_to_wire(day: WeekStart | None) -> Weekday.ValueType:
    return cast("Weekday.ValueType", _DAYS.index(day) + 1 if day else 0)
