"""The rules of versions in the model: a new one, another start, intervals and their anchors."""

from dataclasses import replace
from datetime import date

from rhythm.goal import Goal
from rhythm.plan import Version
from rhythm.schedule import Schedule
from tests.edge.habits.stateful.model import Habit, Refused


def with_version(habit: Habit, schedule: Schedule | None, goal: Goal | None, day: date) -> bool:
    """Add a version with another goal or schedule.

    Return whether anything changed: what is already in force is no new version.
    """
    if day < habit.start:
        raise Refused("EFFECTIVE_DATE_BEFORE_START")
    before = habit.version_on(day)
    asked = anchored(schedule or before.schedule, before.schedule.anchor_date or habit.start)
    new = Version(day, asked, goal or before.goal)
    if (new.schedule, new.goal) == (before.schedule, before.goal):
        return False
    others = [it for it in habit.versions if it.effective_date != day]
    habit.versions = without_repeats(sorted([*others, new], key=lambda it: it.effective_date))
    return True


def anchored(schedule: Schedule, day: date) -> Schedule:
    """Give an interval without an anchor its anchor."""
    is_needed = schedule.interval > 1 and schedule.anchor_date is None
    return replace(schedule, anchor_date=day) if is_needed else schedule


def with_start(habit: Habit, day: date, today: date) -> bool:
    """Move the start of a habit, with the version that is in force on that date.

    Anchors stay where they are; on the start of a habit that has not begun they move along.
    """
    if day == habit.start:
        return False
    if habit.recorded_days and day > min(habit.recorded_days):
        raise Refused("START_DATE_AFTER_CHECK_IN")
    for place, version in enumerate(habit.versions):
        if habit.start > today and version.schedule.anchor_date == habit.start:
            schedule = replace(version.schedule, anchor_date=day)
            habit.versions[place] = replace(version, schedule=schedule)
    first = replace(habit.version_on(day), effective_date=day)
    habit.versions = [first, *(it for it in habit.versions[1:] if it.effective_date > day)]
    habit.start = day
    return True


def without_repeats(versions: list[Version]) -> list[Version]:
    """Return the versions that differ from the one before."""
    kept: list[Version] = []
    for version in versions:
        if not kept or (version.schedule, version.goal) != (kept[-1].schedule, kept[-1].goal):
            kept.append(version)
    return kept
