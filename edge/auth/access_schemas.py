"""The JSON of sessions, personal access tokens, credentials and the audit log."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from edge.auth.schemas import Email, Password
from edge.schemas import RequestBody, ResponseBody

Scope = Literal["habits:read", "habits:write", "check_ins:write", "analytics:read", "account:read"]


class PasswordBody(RequestBody):
    """A request to change the password."""

    current_password: Password
    new_password: Password
    """8 to 128 characters; not a common one, nor one with the name of the email address."""


class EmailBody(RequestBody):
    """A request to change the email address."""

    password: Password
    """Asked for again."""
    email: Email


class CredentialsBody(RequestBody):
    """A request to set the first email address and password of an account."""

    email: Email
    password: Password


class CodeBody(RequestBody):
    """A request to sign in with a code from the chat."""

    code: Annotated[str, Field(max_length=64, repr=False, examples=["4QMT-7WXP-2KDA"])]
    """Case and hyphens do not matter."""


class SignInCode(ResponseBody):
    """A code with which another device signs in to the account."""

    code: Annotated[str, Field(examples=["4QMT-7WXP-2KDA"])]
    """For `POST /v1/auth/code`, or the web app's `/#/sign-in/CODE`; it works once."""
    expire_time: datetime


class Session(ResponseBody):
    """A place where the account is signed in."""

    id: UUID
    device: Annotated[str, Field(examples=["Firefox on Linux"])]
    """The client in words; empty when unknown."""
    place: Annotated[str, Field(examples=["local network", "203.0.113.x"])]
    """Where it was last used, in words; empty when unknown."""
    create_time: datetime
    last_use_time: datetime
    expire_time: datetime
    """When it ends at the latest."""
    current: bool
    """Whether it is the session of this request."""


class SessionList(ResponseBody):
    """The sessions of the account, most recently used first."""

    items: list[Session]


class TokenBody(RequestBody):
    """A request for a personal access token."""

    name: Annotated[str, Field(max_length=400, examples=["backup script"])]
    """1 to 80 characters."""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=5)]
    """What it may do."""
    expire_time: AwareDatetime | None = None
    """When it stops working; never when left out."""


class PersonalToken(ResponseBody):
    """A personal access token, without its secret."""

    id: UUID
    name: str
    scopes: list[Scope]
    prefix: Annotated[str, Field(examples=["habit_pat_x7Kq"])]
    """The first characters of the secret."""
    create_time: datetime
    expire_time: datetime | None
    last_use_time: datetime | None
    """To the minute; null until it is used."""


class CreatedToken(PersonalToken):
    """A new personal access token. Its secret is shown here and never again."""

    secret: str
    """For the `Authorization` header, as `Bearer …`."""


class TokenList(ResponseBody):
    """The personal access tokens of the account, newest first."""

    items: list[PersonalToken]


class AccountEvent(ResponseBody):
    """One entry of the audit log."""

    id: UUID
    kind: Annotated[str, Field(examples=["signed_in", "sign_in_failed", "password_changed"])]
    """What happened; values may be added."""
    create_time: datetime
    device: str
    place: str
    subject_id: UUID | None
    """The session or personal token it is about."""
