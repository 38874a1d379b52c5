"""Goals and schedules as a client writes them."""

from typing import Any

from rhythm.goal import Direction, Goal
from rhythm.schedule import Schedule

type Json = dict[str, Any]


def schedule_json(schedule: Schedule) -> Json:
    """Return a schedule as a client writes it."""
    said: Json = {"frequency": schedule.frequency.value}
    if schedule.interval > 1:
        said["interval"] = schedule.interval
    if schedule.weekdays:
        said["weekdays"] = [day.name.lower() for day in schedule.weekdays]
    if schedule.times is not None:
        said["times"] = schedule.times
    if schedule.month_days:
        said["month_days"] = list(schedule.month_days)
    if schedule.days is not None:
        said["days"] = schedule.days
    if schedule.weekday_ordinals:
        said["weekday_ordinals"] = [
            {"weekday": it.weekday.name.lower(), "ordinal": it.ordinal}
            for it in schedule.weekday_ordinals
        ]
    if schedule.year_days:
        said["year_days"] = [{"month": it.month, "day": it.day} for it in schedule.year_days]
    if schedule.anchor_date:
        said["anchor_date"] = f"{schedule.anchor_date}"
    return said


def goal_json(goal: Goal) -> Json:
    """Return a goal as a client writes it."""
    said: Json = {
        "direction": goal.direction.value,
        "amount": (goal.amount_thousandths or 0) / 1000,
    }
    if goal.direction is Direction.AT_MOST:
        said["no_answer"] = goal.no_answer.value
    return said
