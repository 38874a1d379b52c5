"""What can be configured in the habits service."""

from chassis.settings import ProcessSettings, ServiceSettings


class HabitsSettings(ServiceSettings, frozen=True, kw_only=True):
    """What every role of the service is told."""


class MaintenanceSettings(ProcessSettings, frozen=True, kw_only=True):
    """What commands that only touch the database are told."""

    database_url: str
