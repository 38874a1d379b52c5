"""The JSON of accounts and sessions."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from edge.schemas import RequestBody, ResponseBody

WeekStart = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Email = Annotated[str, Field(max_length=254, examples=["ann@example.com"])]
Password = Annotated[str, Field(max_length=1024, repr=False, examples=["correct horse battery"])]
Timezone = Annotated[str, Field(max_length=64, examples=["Europe/Berlin"])]
Locale = Annotated[str, Field(max_length=16, examples=["en", "pt-BR"])]
DayStart = Annotated[str, Field(max_length=5, examples=["00:00", "03:00"])]
DisplayName = Annotated[str, Field(max_length=400, examples=["Ann"])]
Secret = Annotated[str, Field(max_length=1024, repr=False)]


class RegisterBody(RequestBody):
    """A request to create an account."""

    email: Email
    password: Password
    """8 to 128 characters; not a common one, nor one with the name of the email address."""
    display_name: DisplayName = ""
    """What messages call the person; at most 80 characters."""
    timezone: Timezone = "UTC"
    """The IANA zone that says when a day ends."""
    locale: Locale = "en"
    week_start: WeekStart = "mon"
    day_start: DayStart = "00:00"
    """When a new day begins, `00:00` to `12:00`: with `03:00`, one at night is still yesterday."""


class LoginBody(RequestBody):
    """A request to sign in."""

    email: Email
    password: Password


class RefreshBody(RequestBody):
    """A request with a refresh token: to refresh the session, or to end it."""

    refresh_token: Secret


class UserPatch(RequestBody):
    """The fields to change; what is left out stays."""

    display_name: DisplayName | None = None
    timezone: Timezone = "UTC"
    """Changes only what comes: today never goes back."""
    locale: Locale = "en"
    week_start: WeekStart = "mon"
    day_start: DayStart = "00:00"


class DeleteBody(RequestBody):
    """A request to delete the account."""

    password: Password
    """Asked for again."""


class User(ResponseBody):
    """An account."""

    id: UUID
    email: Email | None
    """Null for an account that was created in a chat and has none yet."""
    display_name: DisplayName
    timezone: Timezone
    locale: Locale
    week_start: WeekStart
    day_start: DayStart
    create_time: datetime


class SignedIn(ResponseBody):
    """A successful sign-in."""

    user: User
    access_token: str
    """For the `Authorization` header of every call, until it expires."""
    refresh_token: str
    """Gets the next pair of tokens, once."""
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the word of RFC 6750
    expires_in: Annotated[int, Field(examples=[900])]
    """Lifetime of the access token, in seconds."""


class PublicKey(ResponseBody):
    """An Ed25519 public key (RFC 8037)."""

    kid: str
    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class KeySet(ResponseBody):
    """The keys that access tokens are verified with (RFC 7517), newest first."""

    keys: list[PublicKey]
