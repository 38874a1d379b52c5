"""Writes the days of an imported habit, through the one write of check-ins."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from chassis.errors import Refusal
from services.habits.dao import snapshots as snapshots_dao
from services.habits.domain.check_in import CheckInCommand, Set, Source
from services.habits.domain.habit import HabitState
from services.habits.domain.import_edit import ImportDecision, decide_day
from services.habits.domain.imports import ImportedDay
from services.habits.use_cases import check_ins
from services.habits.use_cases.imports.habit_writer import HabitWriter, Target

type Dropped = defaultdict[str, list[date]]
"""Days that are left out, by the reason."""


async def write_days(writer: HabitWriter, target: Target, days: Sequence[ImportedDay]) -> None:
    """Write those of some days that are new or different."""
    stored = {}
    habit = target.habit
    if not target.is_new:
        wanted = [(habit.id, it.day) for it in days]
        stored = await snapshots_dao.list_days(writer.connection, wanted)
    dropped: Dropped = defaultdict(list)
    chosen: list[tuple[ImportedDay, ImportDecision]] = []
    for day in days:
        if day.day > writer.today:
            dropped["the day has not come yet"].append(day.day)
            continue
        change = decide_day(day, stored.get((habit.id, day.day)))
        if change is ImportDecision.NONE:
            writer.report.days.unchanged += 1
        elif change is ImportDecision.KEEP_STORED:
            dropped["it was changed here since, and stays as it is"].append(day.day)
        else:
            chosen.append((day, change))
    if chosen:
        await _write(writer, target, chosen, dropped)
    writer.report.drop_of_habit(target.imported.title, dropped)


async def _write(
    writer: HabitWriter,
    target: Target,
    chosen: Sequence[tuple[ImportedDay, ImportDecision]],
    dropped: Dropped,
) -> None:
    if target.habit.state is HabitState.ARCHIVED:
        await writer.open_archived(target)
    commands = [
        CheckInCommand(
            habit_id=target.habit.id,
            person=writer.person,
            day=it.day,
            action=Set(it.content.mark, it.content.amount_thousandths),
            note=it.content.note,
            source=Source.IMPORT,
        )
        for it, _ in chosen
    ]
    answers = await check_ins.write(writer.connection, commands, now=writer.now)
    counts = writer.report.days
    for (day, change), answer in zip(chosen, answers, strict=True):
        if isinstance(answer, Refusal):
            dropped[answer.message].append(day.day)
        elif isinstance(answer, Exception):
            raise answer
        elif change is ImportDecision.CREATE:
            counts.created += 1
        else:
            counts.updated += 1
