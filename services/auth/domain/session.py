"""A session: a place where an account is signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as its owner sees it."""

    id: UUID
    device: str
    place: str
    create_time: datetime
    last_use_time: datetime
    expire_time: datetime
    """When it ends at the latest."""
