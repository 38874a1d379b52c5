"""The audit log of an account: what happened, when, and from where; no secret, no full address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

EVENTS_KEPT = timedelta(days=180)
"""How long an entry of the audit log is kept."""


class EventKind(StrEnum):
    """What happened to an account. Values may be added."""

    REGISTERED = "registered"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    SESSION_ENDED = "session_ended"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105  # a kind of event, no secret
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    EMAIL_CHANGED = "email_changed"
    CREDENTIALS_SET = "credentials_set"
    SIGN_IN_CODE_CREATED = "sign_in_code_created"
    TOKEN_CREATED = "token_created"  # noqa: S105
    TOKEN_DELETED = "token_deleted"  # noqa: S105
    IDENTITY_LINKED = "identity_linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """One entry of the audit log."""

    id: UUID
    account_id: UUID
    kind: EventKind
    create_time: datetime
    device: str = ""
    """The client in words."""
    place: str = ""
    """Where the client was, in words."""
    subject_id: UUID | None = None
    """The session or personal token it is about."""
