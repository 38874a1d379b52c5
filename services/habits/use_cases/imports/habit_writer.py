"""Writes the habits and pauses of a file: which are new, which are known, what is different."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection, driver_connection
from chassis.errors import Refusal
from chassis.ids import uuid7
from services.habits import events
from services.habits.dao import habits as habits_dao
from services.habits.dao import import_sources as sources_dao
from services.habits.dao.import_sources import SourceLink
from services.habits.domain import import_edit, limits
from services.habits.domain.errors import TooManyArchivedHabits, TooManyHabits
from services.habits.domain.errors.imports import ImportFileBroken
from services.habits.domain.habit import Habit, HabitState
from services.habits.domain.habit_edit import changed
from services.habits.domain.imports import (
    ImportedHabit,
    ImportedPause,
    ImportReport,
    ImportSource,
)
from services.habits.domain.people import Person
from services.habits.use_cases.habits import lock_person
from services.habits.use_cases.imports.pause_writer import PauseWriter
from services.habits.use_cases.recompute import recompute
from services.habits.use_cases.reminders import schedule_reminders

_DIGEST_BYTES = 16
_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(slots=True)
class Target:
    """A habit of the file with the stored habit that it is.

    Attributes:
        was_archived: The habit as it was stored, archived; its days are written while it is not.
    """

    imported: ImportedHabit
    habit: Habit
    is_new: bool
    was_archived: Habit | None = None


@dataclass(slots=True)
class HabitWriter:
    """Writes one file of one person, in the transaction of a session."""

    session: AsyncSession
    connection: Connection
    person: Person
    report: ImportReport
    now: datetime
    today: date
    most_active: int
    _pauses: PauseWriter
    source: str = ""
    _pending: list[tuple[ImportedHabit, date | None]] = field(default_factory=list)
    _targets: list[Target] = field(default_factory=list)
    _targets_by_external_id: dict[str, Target] = field(default_factory=dict)
    _is_written: bool = False

    @property
    def habit_ids(self) -> list[UUID]:
        """The habits that were created or found so far."""
        return [it.habit.id for it in self._targets]

    def begin(self, source: str, settings: Mapping[str, str]) -> None:
        """Begin a file; settings under which its days were counted otherwise are reported."""
        self.source = self.report.source = source
        ours = {
            "timezone": self.person.timezone,
            "week_start": self.person.week_start.name.lower(),
            "day_start": f"{self.person.day_start:%H:%M}",
        }
        for name, value in settings.items():
            if value != ours.get(name):
                why = f"yours is {ours.get(name)}; an import changes no settings"
                self.report.drop(f"profile.{name}: {value[:40]}", why)

    def add(self, imported: ImportedHabit, first_day: date | None) -> None:
        """Take a habit; all are written before the first pause or day."""
        self._pending.append((imported, first_day))

    async def target(self, number: int) -> Target:
        """Return the habit that one of the file is, by its number. All pauses are written."""
        await self._write_habits()
        await self._recompute_paused()
        return self._targets[number]

    async def write_pause(self, imported: ImportedPause) -> None:
        """Write a pause, unless there is the same."""
        await self._write_habits()
        habit_id = None
        if imported.external_id is not None:
            found = self._targets_by_external_id.get(imported.external_id)
            if found is None:
                what = f"a pause from {imported.from_date}"
                self.report.drop(what, "its habit is not in the file")
                return
            habit_id = found.habit.id
        await self._pauses.write(imported, habit_id)

    async def open_archived(self, target: Target) -> None:
        """Make an archived habit active until the file is written."""
        target.was_archived = target.habit
        habit = replace(target.habit, archive_time=None, archive_date=None)
        target.habit = replace(habit, revision=habit.revision + 1)
        await habits_dao.replace_habits(self.session, [target.habit])

    async def finish(self) -> None:
        """Archive what is archived, and schedule the reminders of what is new."""
        await self._write_habits()
        await self._recompute_paused()
        for target in self._targets:
            before, habit = target.was_archived, target.habit
            if before is not None:
                habit = changed(
                    replace(
                        habit, archive_time=before.archive_time, archive_date=before.archive_date
                    ),
                    self.now,
                )
            elif target.imported.archived and habit.state is HabitState.ACTIVE:
                last = min(target.imported.archive_date or self.today, self.today)
                last = max(last, habit.start_date)
                habit = changed(replace(habit, archive_time=self.now, archive_date=last), self.now)
            if habit is not target.habit:
                target.habit = habit
                await habits_dao.replace_habits(self.session, [habit])
                await recompute(self.session, [habit], self.person, since=date.min, now=self.now)
                await events.publish_habit_archived(self.session, habit, today=self.today)
            if target.is_new or habit.state is HabitState.ARCHIVED:
                await schedule_reminders(self.session, habit, self.person, now=self.now)

    async def _recompute_paused(self) -> None:
        await self._pauses.recompute(it.habit.id for it in self._targets if it.is_new)

    async def _write_habits(self) -> None:
        """Write all habits of the file, once."""
        if self._is_written:
            return
        self._is_written = True
        links = await sources_dao.list_links(self.connection, self.person.id, self.source)
        ids = [self._stored_id(imported, links) for imported, _ in self._pending]
        wanted = {it for it in ids if it is not None}
        stored = await habits_dao.lock_some_habits(self.session, self.person.id, wanted)
        position = await self._require_quota(ids, stored)
        used: set[UUID] = set()
        for (imported, first_day), habit_id in zip(self._pending, ids, strict=True):
            habit = stored.get(habit_id) if habit_id and habit_id not in used else None
            try:
                if habit is None:
                    target = await self._create(imported, first_day, position)
                    position += 1
                else:
                    link = links.get(imported.external_id)
                    target = await self._update(habit, imported, first_day, link)
            except Refusal as refusal:
                why = f"habit {imported.title[:40]!r}: {refusal.message}"
                raise ImportFileBroken(self.source, why) from refusal
            used.add(target.habit.id)
            self._targets.append(target)
            self._targets_by_external_id.setdefault(imported.external_id, target)
            await sources_dao.upsert_link(
                self.connection,
                self.person.id,
                self.source,
                imported.external_id,
                SourceLink(target.habit.id, digest_of(imported)),
                imported.source_fields,
            )

    async def _require_quota(
        self, ids: Sequence[UUID | None], stored: Collection[UUID | None]
    ) -> int:
        """Refuse a file whose new habits do not fit; return the position of the first of them."""
        counts = await habits_dao.count_habits(self.session, self.person.id)
        new = [it for (it, _), known in zip(self._pending, ids, strict=True) if known not in stored]
        new_active_count = sum(not it.archived for it in new)
        if new_active_count and counts.active + new_active_count > self.most_active:
            raise TooManyHabits(self.most_active)
        if counts.total + len(new) > limits.MAX_HABITS:
            raise TooManyArchivedHabits
        return counts.next_position

    def _stored_id(self, imported: ImportedHabit, links: Mapping[str, SourceLink]) -> UUID | None:
        link = links.get(imported.external_id)
        if link is not None:
            return link.habit_id
        if self.source != ImportSource.OWN_JSON:
            return None
        try:
            return UUID(imported.external_id)
        except ValueError:
            return None

    async def _create(
        self, imported: ImportedHabit, first_day: date | None, position: int
    ) -> Target:
        if first_day is not None:
            start_date = min(first_day, imported.start_date or first_day)
            imported = replace(imported, start_date=start_date)
        habit = import_edit.habit_from_import(
            imported,
            owner_id=self.person.id,
            position=position,
            today=self.today,
            now=self.now,
            new_id=uuid7,
        )
        await habits_dao.add_habit(self.session, habit)
        await events.publish_habit_created(self.session, habit, today=self.today)
        self.report.habits.created += 1
        return Target(imported, habit, is_new=True)

    async def _update(
        self,
        habit: Habit,
        imported: ImportedHabit,
        first_day: date | None,
        link: SourceLink | None,
    ) -> Target:
        """Write what is different in the file, if the file has changed since the last import."""
        if link is not None:
            is_newer = link.digest != digest_of(imported)
        else:
            is_newer = imported.update_time is None or imported.update_time > habit.update_time
        edited = habit
        if is_newer:
            if imported.measure is not habit.measure:
                self.report.drop(imported.title, "its measure is another one here, and stays")
            else:
                edited = import_edit.updated_from_import(
                    habit, imported, today=self.today, now=self.now, new_id=uuid7
                )
        if first_day is not None:
            edited = import_edit.with_earlier_start(edited, first_day, now=self.now, new_id=uuid7)
        if edited is habit:
            self.report.habits.unchanged += 1
            return Target(imported, habit, is_new=False)
        await habits_dao.replace_habits(self.session, [edited])
        await recompute(self.session, [edited], self.person, since=date.min, now=self.now)
        await schedule_reminders(self.session, edited, self.person, now=self.now)
        await events.publish_habits_updated(self.session, [edited], today=self.today)
        self.report.habits.updated += 1
        return Target(imported, edited, is_new=False)


async def open_writer(
    session: AsyncSession, person: Person, report: ImportReport, *, most_active: int, now: datetime
) -> HabitWriter:
    """Return the writer of a file. It locks the person's row: imports come one after the other.

    Raises:
        AccountDeleted: The person's account was deleted.
    """
    person = await lock_person(session, person)
    connection = await driver_connection(session)
    pauses = PauseWriter(session, person, report, now)
    today = person.today(now)
    return HabitWriter(session, connection, person, report, now, today, most_active, pauses)


def digest_of(imported: ImportedHabit) -> bytes:
    """Return a digest of a habit without what grows with its days."""
    first = replace(imported.versions[0], effective_date=limits.FIRST_DATE)
    stable = replace(
        imported, start_date=None, update_time=None, versions=(first, *imported.versions[1:])
    )
    return hashlib.blake2b(_encode(stable), digest_size=_DIGEST_BYTES).digest()
