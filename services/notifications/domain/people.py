"""Whom we talk to, and where."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

_SHOWN_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person, as auth's events describe them; the higher revision is the newer one."""

    owner_id: UUID
    timezone: str = "UTC"
    locale: str = "en"
    display_name: str = ""
    revision: int = 0

    def local(self, moment: datetime) -> datetime:
        """Return the moment as the person's wall clock shows it."""
        return moment.astimezone(ZoneInfo(self.timezone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """The chat a person has linked. One chat belongs to one person, and the other way round."""

    owner_id: UUID
    chat_id: int
    title: str
    create_time: datetime
    reachable: bool = True

    @property
    def masked_id(self) -> str:
        """The id with all but its last digits hidden, enough to recognize and not to misuse."""
        return "•••" + str(abs(self.chat_id))[-_SHOWN_DIGITS:]
