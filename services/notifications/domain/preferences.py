"""A person's preferences for messages."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import time
from typing import Any

from services.notifications.domain.errors import (
    FieldUnknown,
    QuietHoursEmpty,
    QuietHoursIncomplete,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """A person's choices; a new person has these."""

    telegram_enabled: bool = True
    quiet_from: time | None = None
    quiet_to: time | None = None
    """Earlier than `quiet_from` when the quiet hours span midnight."""
    daily_report_time: time | None = time(21)
    weekly_report: bool = True
    monthly_report: bool = True
    streak_cheers: bool = True
    revision: int = 0
    """Counts the changes; of two, the higher is right."""

    def quiet_at(self, wall: time) -> bool:
        """Say whether a wall time lies in the quiet hours; their end does not."""
        if self.quiet_from is None or self.quiet_to is None:
            return False
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= wall < self.quiet_to
        return wall >= self.quiet_from or wall < self.quiet_to

    def changed(self, values: Mapping[str, Any]) -> "Preferences":
        """Return the preferences with these values; the very same when nothing differs.

        Raises:
            FieldUnknown: A name is not among `CHOICES`.
            QuietHoursIncomplete: Only one end of the quiet hours would be left.
            QuietHoursEmpty: Both ends would be the same time.
        """
        for name in values:
            if name not in CHOICES:
                raise FieldUnknown(name)
        wanted = replace(self, **values)
        if (wanted.quiet_from is None) != (wanted.quiet_to is None):
            raise QuietHoursIncomplete
        if wanted.quiet_from is not None and wanted.quiet_from == wanted.quiet_to:
            raise QuietHoursEmpty(f"{wanted.quiet_from:%H:%M}")
        return self if wanted == self else replace(wanted, revision=self.revision + 1)


CHOICES = tuple(field.name for field in fields(Preferences) if field.name != "revision")
"""The names a person can choose a value for."""
