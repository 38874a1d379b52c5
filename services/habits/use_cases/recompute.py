"""Recomputes derived state after an edit of a schedule, a pause, a start date or a week start."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.habits.dao import pauses as pauses_dao
from services.habits.dao import progress as dao
from services.habits.dao.progress import ProgressRow
from services.habits.domain import limits
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person
from services.habits.domain.snapshot import HabitSnapshot


async def recompute(
    session: AsyncSession,
    habits: Sequence[Habit],
    person: Person,
    *,
    since: date,
    now: datetime,
) -> None:
    """Recompute habits whose plan or pauses have changed from a date on.

    Where that date lies after the checkpoint, the derived state does not depend on it. Either way
    the revision is incremented: a concurrent check-in is decided again.

    Args:
        session: The transaction of the edit.
        habits: As they are now.
        person: Whose they are.
        since: The first date on which anything changed; `date.min` for all.
        now: The present moment.
    """
    by_id = {habit.id: habit for habit in habits}
    progress = await dao.lock_progress(session, by_id)
    stale = [it.habit_id for it in progress if _affects_checkpoint(it, since)]
    facts = await dao.list_facts(session, stale) if stale else {}
    pauses = await pauses_dao.list_pauses(session, person.id, limit=limits.MAX_PAUSED_RANGES)
    kept: list[ProgressRow] = []
    for it in progress:
        derived = it.derived
        if it.habit_id in facts:
            habit = by_id[it.habit_id]
            mine = tuple(p.dates for p in pauses if p.habit_id in (None, habit.id))
            plan = habit.plan(person.week_start, person.week_changes)
            snapshot = HabitSnapshot(habit, person, plan, mine, derived, it.revision)
            derived = snapshot.with_facts(facts[it.habit_id]).compacted(person.today(now))
        kept.append(ProgressRow(it.habit_id, it.revision + 1, derived))
    await dao.replace_progress(session, kept)


def _affects_checkpoint(progress: ProgressRow, since: date) -> bool:
    checkpoint = progress.derived.checkpoint
    if progress.derived.is_outdated:
        return True
    return checkpoint is not None and since <= checkpoint.through
