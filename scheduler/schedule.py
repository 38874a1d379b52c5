"""The periodic tasks of the mesh, and how often each runs."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """A task and its interval."""

    task: str
    every: timedelta


PERIODIC_TASKS = (
    PeriodicTask("habits.remind_due", timedelta(seconds=5)),
    PeriodicTask("habits.delete_old_firings", timedelta(hours=1)),
    PeriodicTask("analytics.tick", timedelta(minutes=1)),
)
TASK_MODULES = ("services.habits.tasks", "services.analytics.tasks")


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return the tasks as Celery reads them. A run that waited for a whole interval is dropped.

    So runs never pile up behind a worker that was away: the next one finds everything that is due.
    """
    return {
        periodic.task: {
            "task": periodic.task,
            "schedule": periodic.every,
            "options": {"expires": periodic.every.total_seconds()},
        }
        for periodic in PERIODIC_TASKS
    }
