"""The periodic tasks of the mesh, and how often each runs."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """A task and its interval."""

    task: str
    every: timedelta


PERIODIC_TASKS = (
    PeriodicTask("habits.remind_due", timedelta(seconds=2)),
    PeriodicTask("habits.delete_old_firings", timedelta(hours=1)),
    PeriodicTask("analytics.tick", timedelta(minutes=1)),
    PeriodicTask("analytics.delete_expired", timedelta(hours=1)),
    PeriodicTask("analytics.check_read_model", timedelta(hours=1)),  # does it once a day
)
_SHORTEST_WAIT = timedelta(seconds=5)
"""A run may wait so long on a busy machine, even if the next one follows sooner."""
TASK_MODULES = ("services.habits.tasks", "services.analytics.tasks")


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return the tasks as Celery reads them. A run that waited for an interval is dropped.

    So runs never pile up behind a worker that was away: the next one finds everything that is due.
    """
    return {
        periodic.task: {
            "task": periodic.task,
            "schedule": periodic.every,
            "options": {"expires": max(periodic.every, _SHORTEST_WAIT).total_seconds()},
        }
        for periodic in PERIODIC_TASKS
    }
