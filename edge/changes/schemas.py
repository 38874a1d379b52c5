"""Response bodies of what has changed."""

from typing import Annotated

from pydantic import Field

from edge.auth.schemas import User
from edge.habits.schemas.check_ins import CheckInDay
from edge.habits.schemas.habits import Habit
from edge.habits.schemas.pauses import Pause
from edge.notifications.schemas import Preferences
from edge.schemas import ResponseBody


class Deleted(ResponseBody):
    """The ids of what was deleted."""

    habit_ids: list[str]
    """Their days and pauses are gone with them."""
    pause_ids: list[str]


class Changes(ResponseBody):
    """What has changed since a cursor, or a page of it."""

    full: bool
    """Whether to drop everything first: this is the beginning of all there is."""
    habits: list[Habit]
    """New or changed, at most 200."""
    days: list[CheckInDay]
    """Changed, at most 1000; one without mark, amount and note was cleared."""
    pauses: list[Pause]
    """New; pauses do not change."""
    deleted: Deleted
    profile: User | None
    """As `/v1/me`, when it may have changed; null also for a token without `account:read`."""
    preferences: Preferences | None
    """As `/v1/notifications/preferences`, when they may have changed; null as `profile`."""
    cursor: Annotated[str, Field(examples=["lcQI…"])]
    """Send it as `since` next. It holds for 89 days."""
    has_more: bool
    """Whether there is more already; then ask again at once."""
