"""What happens when: every occasion of the mesh, in one table."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Occasion:
    """A task, and how often it is time for it."""

    task: str
    every: timedelta


OCCASIONS = (
    Occasion("habits.remind_due", timedelta(seconds=5)),
    Occasion("habits.forget_firings", timedelta(hours=1)),
    Occasion("analytics.tick", timedelta(minutes=1)),
)
TASK_MODULES = ("services.habits.tasks", "services.analytics.tasks")


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return the occasions as Celery reads them. A tick that waited a whole turn is dropped.

    So ticks never pile up behind a worker that was away: the next one finds everything that is due.
    """
    return {
        occasion.task: {
            "task": occasion.task,
            "schedule": occasion.every,
            "options": {"expires": occasion.every.total_seconds()},
        }
        for occasion in OCCASIONS
    }
