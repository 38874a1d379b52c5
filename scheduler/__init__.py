"""The clock of the mesh: one Celery beat says that it is time, workers do what is due.

Knows services by the names of their tasks only. A tick is a nudge, not a record: what is due stands
in the services' tables, so a tick that is lost or doubled changes nothing.
"""

from scheduler.app import app

__all__ = ["app"]
