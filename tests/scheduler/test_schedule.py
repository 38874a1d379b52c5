"""The table of periodic tasks names tasks that workers have."""

from datetime import timedelta

import pytest

from scheduler import app
from scheduler.schedule import PERIODIC_TASKS, beat_schedule


def test_every_periodic_task_is_a_task_that_its_service_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AMQP_URL", "amqp://nobody@127.0.0.1:1")
    app.loader.import_default_modules()
    assert {periodic.task for periodic in PERIODIC_TASKS} <= set(app.tasks)


def test_a_tick_that_waited_for_long_is_dropped() -> None:
    tick = beat_schedule()["habits.remind_due"]
    assert tick["schedule"] == timedelta(seconds=2)
    assert tick["options"] == {"expires": 5}
