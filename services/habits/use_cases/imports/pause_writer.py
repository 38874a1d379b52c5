"""Writes the pauses of a file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.habits import events
from services.habits.dao import habits as habits_dao
from services.habits.dao import pauses as dao
from services.habits.domain import limits
from services.habits.domain.imports import ImportedPause, ImportReport
from services.habits.domain.pause import Pause
from services.habits.domain.people import Person
from services.habits.use_cases.recompute import recompute

type PauseKey = tuple[UUID | None, date, date | None]


@dataclass(slots=True)
class PauseWriter:
    """Writes pauses one by one; what they change is recomputed once for all of them."""

    session: AsyncSession
    person: Person
    report: ImportReport
    now: datetime
    _known: set[PauseKey] | None = None
    _new: list[Pause] = field(default_factory=list)

    async def write(self, imported: ImportedPause, habit_id: UUID | None) -> None:
        """Write a pause of a habit, or of all, unless there is the same."""
        what = f"a pause from {imported.from_date}"
        if imported.to_date is not None and imported.to_date < imported.from_date:
            self.report.drop(what, f"it cannot end on {imported.to_date}")
            return
        known = await self._known_pauses()
        key = habit_id, imported.from_date, imported.to_date
        if key in known:
            self.report.pauses.unchanged += 1
            return
        if len(known) >= limits.MAX_PAUSES:
            self.report.drop(what, f"there are {limits.MAX_PAUSES} pauses already")
            return
        pause = Pause(
            id=uuid7(),
            owner_id=self.person.id,
            habit_id=habit_id,
            from_date=imported.from_date,
            to_date=imported.to_date,
            reason=imported.reason,
            create_time=self.now,
        )
        await dao.add_pause(self.session, pause)
        await events.publish_pause_changed(self.session, pause)
        known.add(key)
        self._new.append(pause)
        self.report.pauses.created += 1

    async def recompute(self, new_habit_ids: Iterable[UUID]) -> None:
        """Recompute the habits that new pauses apply to; those without days yet need none."""
        pauses, self._new = self._new, []
        if not pauses:
            return
        paused, new = {it.habit_id for it in pauses}, set(new_habit_ids)
        habits = await habits_dao.lock_habits(self.session, self.person.id, limit=limits.MAX_HABITS)
        stored = [it for it in habits if it.id not in new and (None in paused or it.id in paused)]
        since = min(it.from_date for it in pauses)
        await recompute(self.session, stored, self.person, since=since, now=self.now)

    async def _known_pauses(self) -> set[PauseKey]:
        if self._known is None:
            listed = await dao.list_pauses(
                self.session, self.person.id, limit=limits.MAX_PAUSED_RANGES
            )
            self._known = {(it.habit_id, it.from_date, it.to_date) for it in listed}
        return self._known
