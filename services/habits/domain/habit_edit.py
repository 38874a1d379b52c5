"""Creates and edits habits: validates fields and maintains versions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from rhythm import errors as rules
from rhythm.goal import Direction, Goal, Measure, NoAnswer, check_goal
from rhythm.plan import Version
from rhythm.schedule import Frequency, Schedule
from services.habits.domain import limits
from services.habits.domain.check_in import NewId
from services.habits.domain.errors import (
    ColorInvalid,
    EffectiveDateBeforeStart,
    FieldReadOnly,
    FieldTooLong,
    GoalInvalid,
    StartDateAfterCheckIn,
    TagsInvalid,
    TitleMissing,
    TooManyVersions,
    UnitOnYesNo,
)
from services.habits.domain.habit import Habit
from services.habits.domain.reminders import Reminder

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_DAILY = Schedule(Frequency.DAILY)


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """The given fields of a goal; None leaves a field as it is."""

    direction: Direction | None = None
    amount_thousandths: int | None = None
    no_answer: NoAnswer | None = None

    def over(self, goal: Goal) -> Goal:
        """Return the goal with what was given in place of what was."""
        amount = self.amount_thousandths
        return Goal(
            self.direction or goal.direction,
            goal.amount_thousandths if amount is None else amount,
            self.no_answer or goal.no_answer,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitDraft:
    """The given fields of a habit; None leaves a field as it is, or at its default."""

    title: str | None = None
    description: str | None = None
    color: str | None = None
    icon: str | None = None
    tags: tuple[str, ...] | None = None
    start_date: date | None = None
    measure: Measure | None = None
    unit: str | None = None
    goal: GoalDraft | None = None
    schedule: Schedule | None = None
    reminders: tuple[Reminder, ...] | None = None


def new_habit(
    draft: HabitDraft,
    *,
    owner_id: UUID,
    position: int,
    today: date,
    now: datetime,
    new_id: NewId,
) -> Habit:
    """Return a new habit.

    Raises:
        InvalidArgument: What is wrong is named by the refusal.
    """
    start_date = today if draft.start_date is None else draft.start_date
    goal = (draft.goal or GoalDraft()).over(Goal())
    schedule = (draft.schedule or _DAILY).anchored(start_date)
    version = Version(start_date, schedule, goal)
    habit = Habit(
        id=new_id(),
        owner_id=owner_id,
        title=draft.title or "",
        description=draft.description or "",
        color=draft.color or "",
        icon=draft.icon or "",
        tags=draft.tags or (),
        position=position,
        start_date=start_date,
        measure=draft.measure or Measure.YES_NO,
        unit=draft.unit or "",
        versions=(version,),
        reminders=_with_ids(draft.reminders or (), (), new_id),
        create_time=now,
        update_time=now,
    )
    check_habit(habit)
    return habit


def apply_edit(
    habit: Habit,
    draft: HabitDraft,
    *,
    effective_date: date | None,
    first_check_in: date | None,
    today: date,
    now: datetime,
    new_id: NewId,
) -> Habit:
    """Return a habit with what was given in place of what was; the same one if nothing differs.

    Args:
        habit: As it is.
        draft: What is to be otherwise.
        effective_date: The first day of a new goal or schedule; None means the owner's today.
        first_check_in: The first day that holds something, if any does.
        today: The owner's logical date.
        now: The present moment.
        new_id: Makes the ids of new reminders.

    Raises:
        InvalidArgument: What is wrong is named by the refusal.
        StartDateAfterCheckIn: Days before the new start date hold something.
        EffectiveDateBeforeStart: The date is before the habit's start.
        TooManyVersions: The habit has been edited very often.
    """
    if draft.measure not in (None, habit.measure):
        raise FieldReadOnly("measure")
    given = {
        name: value
        for name in ("title", "description", "color", "icon", "tags", "unit")
        if (value := getattr(draft, name)) is not None
    }
    if draft.reminders is not None:
        given["reminders"] = _with_ids(draft.reminders, habit.reminders, new_id)
    after = replace(habit, **given)
    if draft.start_date not in (None, habit.start_date):
        after = _with_start_date(after, draft.start_date, first_check_in, today)
    if draft.goal is not None or draft.schedule is not None:
        day = max(today, after.start_date) if effective_date is None else effective_date
        after = _with_version(after, draft, day)
    check_habit(after)
    if after == habit:
        return habit
    return changed(after, now)


def changed(habit: Habit, now: datetime) -> Habit:
    """Return a habit whose content was changed, under its next revisions."""
    return replace(
        habit,
        revision=habit.revision + 1,
        content_revision=habit.content_revision + 1,
        update_time=now,
    )


def reordered(habits: Sequence[Habit], first: Sequence[UUID]) -> list[Habit]:
    """Return all habits in a new order: those named, then the others as they were.

    The order is not a habit's content: its etag and update time stay.
    """
    places = {habit_id: place for place, habit_id in enumerate(first)}
    arranged = sorted(habits, key=lambda habit: places.get(habit.id, len(places)))
    return [
        habit
        if habit.position == place
        else replace(habit, position=place, revision=habit.revision + 1)
        for place, habit in enumerate(arranged)
    ]


def _with_start_date(
    habit: Habit, start_date: date, first_check_in: date | None, today: date
) -> Habit:
    """Return the habit with another start; the version in force then is the first.

    Intervals keep their anchor. Before the habit has begun, an anchor on its start moves along.
    """
    if first_check_in is not None and start_date > first_check_in:
        raise StartDateAfterCheckIn(start_date, first_check_in)
    before = habit.start_date
    schedules = [it.schedule.anchored(before) for it in habit.versions]
    if before > today:
        schedules = [
            replace(it, anchor_date=start_date) if it.anchor_date == before else it
            for it in schedules
        ]
    versions = tuple(
        replace(version, schedule=schedule)
        for version, schedule in zip(habit.versions, schedules, strict=True)
    )
    habit = replace(habit, versions=versions)
    first = replace(habit.version_on(start_date), effective_date=start_date)
    later = [it for it in versions[1:] if it.effective_date > start_date]
    return replace(habit, start_date=start_date, versions=(first, *later))


def _with_version(habit: Habit, draft: HabitDraft, day: date) -> Habit:
    """Return the habit with a goal or schedule from a day on, until the next version's."""
    if day < habit.start_date:
        raise EffectiveDateBeforeStart(day, habit.start_date)
    before = habit.version_on(day)
    goal = before.goal if draft.goal is None else draft.goal.over(before.goal)
    anchor = before.schedule.anchor_date or habit.start_date
    new = Version(day, (draft.schedule or before.schedule).anchored(anchor), goal)
    if (new.schedule, new.goal) == (before.schedule, before.goal):
        return habit
    versions = [it for it in habit.versions if it.effective_date != day]
    versions = sorted([*versions, new], key=lambda it: it.effective_date)
    habit = replace(habit, versions=tuple(_without_repeats(versions)))
    if len(habit.versions) > limits.MAX_VERSIONS:
        raise TooManyVersions
    return habit


def _without_repeats(versions: Iterable[Version]) -> Iterable[Version]:
    """Yield the versions that differ from the one before them."""
    before: Version | None = None
    for version in versions:
        if before is None or (version.schedule, version.goal) != (before.schedule, before.goal):
            yield version
            before = version


def _with_ids(
    reminders: Sequence[Reminder], known: Sequence[Reminder], new_id: NewId
) -> tuple[Reminder, ...]:
    """Return the reminders, with new ids but for those that were there before."""
    ids = {reminder.id for reminder in known}
    result: list[Reminder] = []
    for reminder in reminders:
        is_known = reminder.id in ids
        ids.discard(reminder.id)  # an id that is sent twice stays with the first
        result.append(reminder if is_known else replace(reminder, id=new_id()))
    return tuple(result)


def check_habit(habit: Habit) -> None:
    """Refuse a habit that breaks a rule of form."""
    if not habit.title:
        raise TitleMissing
    for name, most in (
        ("title", limits.MAX_TITLE_LENGTH),
        ("description", limits.MAX_DESCRIPTION_LENGTH),
        ("icon", limits.MAX_ICON_LENGTH),
        ("unit", limits.MAX_UNIT_LENGTH),
    ):
        if len(getattr(habit, name)) > most:
            raise FieldTooLong(f"habit.{name}", most)
    if habit.color and not _COLOR.fullmatch(habit.color):
        raise ColorInvalid(habit.color)
    _check_tags(habit.tags)
    if habit.unit and habit.measure is Measure.YES_NO:
        raise UnitOnYesNo
    for version in habit.versions:
        _check_goal(habit.measure, version.goal)


def _check_goal(measure: Measure, goal: Goal) -> None:
    try:
        check_goal(measure, goal)
    except rules.GoalInvalid as broken:
        raise GoalInvalid(broken.field, str(broken)) from broken
    if (goal.amount_thousandths or 0) > limits.MAX_THOUSANDTHS:
        raise GoalInvalid("amount", "An amount is at most 1000000000.")


def _check_tags(tags: Sequence[str]) -> None:
    if len(tags) > limits.MAX_TAGS:
        raise TagsInvalid(f"at most {limits.MAX_TAGS}")
    if not all(tags):
        raise TagsInvalid("a tag must not be empty")
    if any(len(tag) > limits.MAX_TAG_LENGTH for tag in tags):
        raise TagsInvalid(f"at most {limits.MAX_TAG_LENGTH} characters each")
    if len(set(tags)) < len(tags):
        raise TagsInvalid("a tag is there twice")
