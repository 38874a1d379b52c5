"""Loads the days of each habit that a batch of commands names, with all the commands need."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from chassis.database import Connection
from chassis.ids import uuid7
from services.habits.dao import check_in_writes as check_ins_dao
from services.habits.dao import snapshots as dao
from services.habits.dao.snapshots import CommandContext, CommandKey
from services.habits.domain.check_in import Change, CheckIn, CheckInCommand, Undo
from services.habits.domain.habit_days import HabitDays
from services.habits.domain.snapshot import HabitSnapshot

type Days = dict[date, CheckIn]


async def list_command_contexts(
    connection: Connection, commands: Sequence[CheckInCommand], *, now: datetime, cached: bool
) -> list[CommandContext]:
    """Return the snapshot, day and stored response that each command names.

    Args:
        connection: Where those are read that are not in memory.
        commands: The commands.
        now: The present moment.
        cached: Whether memory may be asked. It may be outdated: the write has to make sure.
    """
    counts = Counter(command.habit_id for command in commands) if cached else {}
    found = [
        _find_cached(command, now) if counts.get(command.habit_id) == 1 else None
        for command in commands
    ]
    wanted = [
        CommandKey(it.habit_id, it.person, it.day or it.person.today(now), it.request_id)
        for it, context in zip(commands, found, strict=True)
        if context is None
    ]
    read = iter(await dao.list_command_contexts(connection, wanted) if wanted else ())
    return [next(read) if context is None else context for context in found]


def _find_cached(command: CheckInCommand, now: datetime) -> CommandContext | None:
    if isinstance(command.action, Undo):
        return None  # what it undoes is not in memory
    return dao.find_cached_context(command.habit_id, command.person, command.day, now=now)


async def load_habit_days(
    connection: Connection,
    commands: Sequence[CheckInCommand],
    found: Sequence[CommandContext],
    *,
    now: datetime,
) -> dict[UUID, HabitDays]:
    """Return the days of each habit that was found."""
    snapshots = {it.snapshot.habit.id: it.snapshot for it in found if it.snapshot}
    days = await _list_days(connection, commands, found, now)
    undoable = await _list_undoable(connection, commands, snapshots)
    stale = [
        habit_id
        for habit_id, snapshot in snapshots.items()
        if _needs_all_facts(snapshot, days[habit_id][1], undoable.get(habit_id, ()), now)
    ]
    if stale:
        facts = await dao.list_facts(connection, stale)
        snapshots |= {it: snapshots[it].with_facts(facts[it]) for it in stale}
    cached = {it.snapshot.habit.id for it in found if it.snapshot and it.is_cached}
    return {
        habit_id: HabitDays(
            snapshot,
            days[habit_id][0],
            undoable.get(habit_id, ()),
            now,
            uuid7,
            is_cached=habit_id in cached,
        )
        for habit_id, snapshot in snapshots.items()
    }


async def _list_days(
    connection: Connection,
    commands: Sequence[CheckInCommand],
    found: Sequence[CommandContext],
    now: datetime,
) -> Mapping[UUID, tuple[Days, set[date]]]:
    """Return, for each habit, the days that were ever changed, and the days that commands name."""
    days: dict[UUID, tuple[Days, set[date]]] = {}
    missed: list[tuple[UUID, date]] = []
    for command, (snapshot, check_in, _, is_cached) in zip(commands, found, strict=True):
        if snapshot is None:
            continue
        touched, named = days.setdefault(snapshot.habit.id, ({}, set()))
        if isinstance(command.action, Undo):
            continue
        day = command.day or snapshot.person.today(now)
        named.add(day)
        if check_in is not None and check_in.day == day:
            touched[day] = check_in
        elif not is_cached and command.day is None and day != command.person.today(now):
            missed.append((command.habit_id, day))  # the token's settings are outdated
    if missed:
        for (habit_id, day), check_in in (await dao.list_days(connection, missed)).items():
            days[habit_id][0][day] = check_in
    return days


async def _list_undoable(
    connection: Connection,
    commands: Sequence[CheckInCommand],
    snapshots: Mapping[UUID, HabitSnapshot],
) -> dict[UUID, list[Change]]:
    """Return the last changes of each habit, as many as commands want to undo."""
    most = Counter(
        command.habit_id
        for command in commands
        if isinstance(command.action, Undo) and command.habit_id in snapshots
    )
    return await check_ins_dao.list_undoable(connection, most) if most else {}


def _needs_all_facts(
    snapshot: HabitSnapshot, named: set[date], undoable: Sequence[Change], now: datetime
) -> bool:
    """Tell whether a command may change a day before the checkpoint, or that is outdated."""
    if not snapshot.is_up_to_date(snapshot.person.today(now)):
        return True
    checkpoint = snapshot.derived.checkpoint
    reached = named.union(change.day for change in undoable)
    return checkpoint is not None and any(day <= checkpoint.through for day in reached)
