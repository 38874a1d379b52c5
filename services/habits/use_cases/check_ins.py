"""Writes check-ins: every change of a day goes through `write`, one command or a batch.

Read the snapshots, in one statement, or take them from memory. Decide in memory. Write everything,
in one statement, each habit only at the revision that was decided on. A habit that is not as memory
had it, or of which nothing is to be written, is read; one that lost a race is read under a lock.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from chassis.database import Connection
from chassis.errors import Refusal
from chassis.events.outbox import OutboxRow
from chassis.ids import uuid7
from services.habits import events
from services.habits.dao import check_in_writes as dao
from services.habits.dao import snapshots as snapshots_dao
from services.habits.dao.check_in_writes import HabitWrite, ResponseToStore
from services.habits.domain.check_in import CheckInCommand
from services.habits.domain.check_in_outcome import CheckInOutcome
from services.habits.domain.habit_days import HabitDays
from services.habits.use_cases.habit_days import list_command_contexts, load_habit_days
from services.habits.use_cases.pending_commands import (
    ByRequest,
    CommandResult,
    PendingCommand,
    apply,
    response_to_store,
)

type BatchIds = Mapping[UUID, UUID]
"""By person, for those who have several commands in the batch."""
type Answers = dict[int, CommandResult | Exception]
"""By the place of the command in its batch."""

_log = logging.getLogger(__name__)


async def write(
    connection: Connection, commands: Sequence[CheckInCommand], *, now: datetime
) -> list[CommandResult | Exception]:
    """Execute commands, those of one habit in their order, and return the result of each.

    Each succeeds or is refused alone. Where the database refuses the batch as a whole, its commands
    are tried one by one, so that a bad one fails alone: its result is then the error. Where the
    connection is lost, the outcome is unknown, and the error is raised for all.
    """
    batch_ids = _batch_ids(commands)
    answers: Answers = {}
    try:
        await _write(connection, commands, answers, batch_ids, now)
    except Exception as error:
        if connection.is_closed():
            raise
        if len(commands) == 1:
            return [error]
        _log.warning("a batch failed and is tried one by one", exc_info=error)
        for place, command in enumerate(commands):
            if place not in answers:  # what has an answer is committed
                answers[place] = await _write_alone(connection, command, batch_ids, now)
    return [answers[place] for place in range(len(commands))]


async def write_readable(
    connection: Connection, commands: Sequence[CheckInCommand | Refusal], *, now: datetime
) -> list[CommandResult | Exception]:
    """Execute the readable commands of a batch; the others keep their refusals."""
    readable = [command for command in commands if isinstance(command, CheckInCommand)]
    written = iter(await write(connection, readable, now=now) if readable else ())
    return [command if isinstance(command, Refusal) else next(written) for command in commands]


async def write_one(
    connection: Connection, command: CheckInCommand, *, now: datetime
) -> CheckInOutcome:
    """Execute one command.

    Raises:
        Refusal: It cannot be.
    """
    [answer] = await write(connection, [command], now=now)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _batch_ids(commands: Sequence[CheckInCommand]) -> BatchIds:
    """Return an id for each person who has several commands in a batch."""
    counts = Counter(command.person.id for command in commands)
    return {person_id: uuid7() for person_id, count in counts.items() if count > 1}


async def _write_alone(
    connection: Connection, command: CheckInCommand, batch_ids: BatchIds, now: datetime
) -> CommandResult | Exception:
    """Execute one command of a batch that failed as a whole; an error is its result."""
    answers: Answers = {}
    try:
        await _write(connection, [command], answers, batch_ids, now)
    except Exception as error:
        if connection.is_closed():
            raise
        return error
    return answers[0]


async def _write(
    connection: Connection,
    commands: Sequence[CheckInCommand],
    answers: Answers,
    batch_ids: BatchIds,
    now: datetime,
) -> None:
    """Execute commands: from memory what can be, then after reading, then under a lock.

    Each step adds the answers of what it has committed.
    """
    left = list(range(len(commands)))
    if not connection.is_in_transaction():  # one that may be rolled back must not be remembered
        left = await _try_places(connection, commands, left, answers, batch_ids, now, cached=True)
    if left:
        left = await _try_places(connection, commands, left, answers, batch_ids, now)
    if left:
        locked: Answers = {}
        async with connection.transaction():
            await dao.lock(connection, {commands[place].habit_id for place in left})
            left = await _try_places(connection, commands, left, locked, batch_ids, now)
        lost = RuntimeError("A habit was changed under its lock.")
        answers |= locked | dict.fromkeys(left, lost)


async def _try_places(
    connection: Connection,
    commands: Sequence[CheckInCommand],
    places: Sequence[int],
    answers: Answers,
    batch_ids: BatchIds,
    now: datetime,
    *,
    cached: bool = False,
) -> list[int]:
    """Execute the commands at some places of a batch; return the places still without an answer."""
    some = [commands[place] for place in places]
    found = await _try_write(connection, some, batch_ids, now, cached=cached)
    for place, answer in zip(places, found, strict=True):
        if answer is not None:
            answers[place] = answer
    return [place for place, answer in zip(places, found, strict=True) if answer is None]


async def _try_write(
    connection: Connection,
    commands: Sequence[CheckInCommand],
    batch_ids: BatchIds,
    now: datetime,
    *,
    cached: bool,
) -> list[CommandResult | None]:
    """Execute commands without a lock; None for those that were decided on what is not so."""
    found = await list_command_contexts(connection, commands, now=now, cached=cached)
    days_of_habits = await load_habit_days(connection, commands, found, now=now)
    all_pending = [
        PendingCommand(command, it.stored_response)
        for command, it in zip(commands, found, strict=True)
    ]
    by_request: ByRequest = {}
    for pending, it in zip(all_pending, found, strict=True):
        apply(
            pending,
            days_of_habits[pending.command.habit_id] if it.snapshot else None,
            by_request,
            now,
        )
    grouped = _group_by_habit(days_of_habits, all_pending)
    writes = [_complete(habit_days, mine, now) for habit_days, mine in grouped]
    # After the others, as neighbors: the relay packs neighbors of one type into one message.
    for habit_write, (habit_days, mine) in zip(writes, grouped, strict=True):
        habit_write.events.extend(_checked_in(habit_days, mine, batch_ids))
    wanted = [it for it in writes if it.events or (it.responses and not it.habit_days.is_cached)]
    kept = await dao.write(connection, wanted) if wanted else set()
    lost = {it.habit_days.snapshot.habit.id for it in wanted} - kept
    # Only a write makes sure of what memory has: a refusal, or no change, needs a read.
    lost |= {it.id for it, _ in grouped if it.is_cached and it.id not in kept}
    _remember(connection, (it for it in wanted if it.habit_days.id in kept))
    return [None if it.command.habit_id in lost else it.answer for it in all_pending]


def _remember(connection: Connection, written: Iterable[HabitWrite]) -> None:
    """Keep what was written in memory, once it is committed."""
    if connection.is_in_transaction():
        return
    for habit_days, _, _ in written:
        after = habit_days.saved()
        snapshots_dao.cache_written(habit_days.snapshot, after, habit_days.changed_days)


def _group_by_habit(
    days_of_habits: dict[UUID, HabitDays], all_pending: Sequence[PendingCommand]
) -> list[tuple[HabitDays, list[PendingCommand]]]:
    """Return each habit's days with its commands, in their order."""
    written = [pending for pending in all_pending if pending.command.habit_id in days_of_habits]
    ordered = sorted(written, key=lambda pending: pending.command.habit_id)
    return [
        (days_of_habits[habit_id], list(mine))
        for habit_id, mine in groupby(ordered, key=lambda pending: pending.command.habit_id)
    ]


def _complete(
    habit_days: HabitDays, all_pending: Sequence[PendingCommand], now: datetime
) -> HabitWrite:
    """Set the answers of one habit's commands, and return what has to be written."""
    outbox_rows = [
        events.check_in_changed(habit_days.snapshot.habit.owner_id, check_in)
        for check_in in habit_days.changed_days.values()
    ]
    responses: list[ResponseToStore] = []
    done = [(pending, pending.result) for pending in all_pending if pending.result is not None]
    if done:
        streak = habit_days.streak()
        for pending, result in done:
            pending.answer = outcome = CheckInOutcome(result.check_in, streak, result.changed)
            if pending.command.request_id is not None:
                responses.append(
                    response_to_store(pending.command, pending.command.request_id, outcome, now)
                )
    for pending in all_pending:
        if pending.duplicate_of is not None:
            pending.answer = pending.duplicate_of.answer
    return HabitWrite(habit_days, outbox_rows, responses)


def _checked_in(
    habit_days: HabitDays, all_pending: Sequence[PendingCommand], batch_ids: BatchIds
) -> Iterator[OutboxRow]:
    """Yield the one event of a habit for all the days on which a batch reached its goal."""
    results = [pending.result for pending in all_pending if pending.result is not None]
    reached = [result.check_in for result in results if result.goal_reached]
    if not reached:
        return
    habit, latest = habit_days.snapshot.habit, max(reached, key=lambda it: it.day)
    yield events.habit_checked_in(
        habit,
        latest,
        habit_days.streak(),
        batch_id=batch_ids.get(habit.owner_id),
        back_filled=latest.day < habit_days.today,
    )
