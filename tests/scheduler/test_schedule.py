"""The table of occasions: what it promises is what workers know."""

from datetime import timedelta

import pytest

from scheduler import app
from scheduler.schedule import OCCASIONS, beat_schedule


def test_every_occasion_is_a_task_that_its_service_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URL", "amqp://nobody@127.0.0.1:1")
    app.loader.import_default_modules()
    assert {occasion.task for occasion in OCCASIONS} <= set(app.tasks)


def test_a_tick_that_waited_a_whole_turn_is_dropped() -> None:
    tick = beat_schedule()["habits.remind_due"]
    assert tick["schedule"] == timedelta(seconds=5)
    assert tick["options"] == {"expires": 5}
