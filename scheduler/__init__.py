"""The scheduler: one Celery beat sends periodic tasks, workers run them.

Knows services by the names of their tasks only. A task carries no data: what is due is in the
services' tables, so a task that is lost or doubled changes nothing.
"""

from scheduler.app import app

__all__ = ["app"]
