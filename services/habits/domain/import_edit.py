"""Decides what an imported habit or day makes of the one that is stored. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from rhythm.plan import Version
from services.habits.domain import limits
from services.habits.domain.check_in import NOTHING, CheckIn, NewId, Source
from services.habits.domain.errors import TooManyVersions
from services.habits.domain.habit import Habit
from services.habits.domain.habit_edit import (
    GoalDraft,
    HabitDraft,
    apply_edit,
    changed,
    check_habit,
    new_habit,
)
from services.habits.domain.imports import ImportedDay, ImportedHabit
from services.habits.domain.reminders import Reminder


class ImportDecision(Enum):
    """What becomes of an imported day."""

    CREATE = "create"
    UPDATE = "update"
    NONE = "none"
    """It is stored so already."""
    KEEP_STORED = "keep_stored"
    """It was changed here since."""


def decide_day(imported: ImportedDay, stored: CheckIn | None) -> ImportDecision:
    """Decide about a day: what a person changed here after the import, or after the export, stays.

    Where the file says when its day was changed, the later one wins.
    """
    if stored is None:
        return ImportDecision.CREATE
    if imported.content == stored.content:
        return ImportDecision.NONE
    if imported.update_time is not None and stored.update_time is not None:
        is_newer = imported.update_time > stored.update_time
    else:
        is_newer = stored.source is Source.IMPORT
    if not is_newer:
        return ImportDecision.KEEP_STORED
    return ImportDecision.CREATE if stored.content == NOTHING else ImportDecision.UPDATE


def habit_from_import(
    imported: ImportedHabit,
    *,
    owner_id: UUID,
    position: int,
    today: date,
    now: datetime,
    new_id: NewId,
) -> Habit:
    """Return a new habit, active: it is archived once its days are written.

    Raises:
        InvalidArgument: What is wrong is named by the refusal.
    """
    draft = replace(
        _texts(imported),
        start_date=imported.start_date,
        measure=imported.measure,
        goal=_goal(imported.versions[0]),
        schedule=imported.versions[0].schedule,
        reminders=imported.reminders,
    )
    habit = new_habit(
        draft, owner_id=owner_id, position=position, today=today, now=now, new_id=new_id
    )
    return _with_versions(habit, imported.versions)


def updated_from_import(
    habit: Habit, imported: ImportedHabit, *, today: date, now: datetime, new_id: NewId
) -> Habit:
    """Return a stored habit as a newer file has it; the same one if nothing differs.

    A goal or schedule of another tracker holds from today on; this product's own file has all
    versions. The measure stays.

    Raises:
        Refusal: What is wrong is named by the refusal.
    """
    draft = replace(_texts(imported), reminders=_known_reminders(imported.reminders, habit))
    versions = imported.versions
    if imported.update_time is None:
        draft = replace(draft, goal=_goal(versions[0]), schedule=versions[0].schedule)
    edited = apply_edit(
        habit, draft, effective_date=None, first_check_in=None, today=today, now=now, new_id=new_id
    )
    if imported.update_time is not None:
        whole = _with_versions(habit, versions)
        if whole.versions != habit.versions:
            base = edited if edited is not habit else changed(habit, now)
            edited = replace(base, versions=whole.versions)
    return edited


def with_earlier_start(habit: Habit, first_day: date, *, now: datetime, new_id: NewId) -> Habit:
    """Return a habit that has begun when its first imported day was; the same one if it had."""
    if first_day >= habit.start_date:
        return habit
    return apply_edit(
        habit,
        HabitDraft(start_date=first_day),
        effective_date=None,
        first_check_in=None,
        today=max(first_day, habit.start_date),
        now=now,
        new_id=new_id,
    )


def _texts(imported: ImportedHabit) -> HabitDraft:
    return HabitDraft(
        title=imported.title,
        description=imported.description,
        color=imported.color,
        icon=imported.icon,
        tags=imported.tags,
        unit=imported.unit,
    )


def _goal(version: Version) -> GoalDraft:
    goal = version.goal
    return GoalDraft(goal.direction, goal.amount_thousandths, goal.no_answer)


def _with_versions(habit: Habit, versions: Sequence[Version]) -> Habit:
    """Return the habit with these versions, the first of them from its start on."""
    start = habit.start_date
    later = {it.effective_date: it for it in versions[1:] if it.effective_date > start}
    ordered = [replace(versions[0], effective_date=start), *(later[day] for day in sorted(later))]
    if len(ordered) > limits.MAX_VERSIONS:
        raise TooManyVersions
    anchored = [replace(it, schedule=it.schedule.anchored(start)) for it in ordered]
    habit = replace(habit, versions=tuple(anchored))
    check_habit(habit)
    return habit


def _known_reminders(reminders: Sequence[Reminder], habit: Habit) -> tuple[Reminder, ...]:
    """Return reminders under the ids of stored ones that are the same."""
    left = list(habit.reminders)
    result: list[Reminder] = []
    for reminder in reminders:
        same = next((it for it in left if replace(reminder, id=it.id) == it), None)
        if same is not None:
            left.remove(same)
        result.append(same or reminder)
    return tuple(result)
