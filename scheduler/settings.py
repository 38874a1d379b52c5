"""The scheduler's settings."""

import tempfile
from pathlib import Path

from chassis.settings import ProcessSettings


class SchedulerSettings(ProcessSettings, frozen=True, kw_only=True):
    """The environment of `celery -A scheduler worker` and `celery -A scheduler beat`."""

    amqp_url: str
    """`amqp://user:password@host:5672/vhost`."""
    amqp_prefix: str = ""
    """Put before the name of the queue, so that meshes can share a broker."""
    heartbeat_folder: Path = Path(tempfile.gettempdir())
    """Where worker and beat touch a file at every tick; `python -m scheduler healthy` reads it."""


class BeatSettings(ProcessSettings, frozen=True, kw_only=True):
    """What the lock needs that beat holds while it sends ticks."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`."""
