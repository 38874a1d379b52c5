"""Settings of the habits service."""

from typing import Annotated

from msgspec import Meta

from chassis.settings import ProcessSettings, ServiceSettings
from services.habits.domain.limits import ACTIVE_HABITS_PER_PERSON, MAX_HABITS


class HabitsSettings(ServiceSettings, frozen=True, kw_only=True):
    """Settings of every role of the service."""

    active_habits_per_person: Annotated[int, Meta(ge=1, le=MAX_HABITS)] = ACTIVE_HABITS_PER_PERSON
    """Active habits that one person may have; archived ones do not count."""


class MaintenanceSettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of the maintenance commands."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
    amqp_url: str | None = None
    """Where `migrate` declares the service's queues; it leaves them alone when unset."""
    amqp_prefix: str = ""
    """Put before the name of every exchange and queue, as in the service's own settings."""
