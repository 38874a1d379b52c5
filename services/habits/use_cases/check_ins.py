"""Changing days: every change, of whomever and however many, goes through `write`.

Read how the habits stand, in one statement. Decide in memory. Keep everything, in one statement,
each habit only from the revision that was read. Whoever lost a race is read again, under a lock.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from chassis.database import Connection
from chassis.errors import Refusal
from chassis.rpc.idempotency import RETENTION, RequestIdReused
from services.habits import events
from services.habits.dao import check_ins as dao
from services.habits.dao.check_ins import Replay, Writing
from services.habits.dao.standings import Kept
from services.habits.domain.book import Book, Entry
from services.habits.domain.check_in import Order
from services.habits.domain.errors import HabitNotFound
from services.habits.domain.outcome import Outcome
from services.habits.use_cases.books import list_found, open_books

type Answer = Outcome | Refusal
"""What an order gets: what came of it, or why nothing did."""
type Seen = dict[tuple[UUID, UUID], "_Job"]

_METHOD = "contracts.habits.v1.CheckInChange"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Job:
    """An order on its way to its answer."""

    order: Order
    kept: Kept | None
    entry: Entry | None = None
    twin: "_Job | None" = None
    """The same request, earlier in the batch."""
    answer: Answer | None = None
    """None until it is known, and again when the habit has moved on meanwhile."""


async def write(
    connection: Connection, orders: Sequence[Order], *, now: datetime
) -> list[Answer | Exception]:
    """Do what the orders ask, those of one habit in their order, and answer each.

    Each succeeds or is refused alone. Where the database refuses the batch as a whole, its orders
    are tried one by one, so that a bad one fails alone: its answer is then the error. Where the
    connection is lost, nobody knows what was kept, and the error goes to all.
    """
    try:
        return await _write(connection, orders, now)
    except Exception as error:
        if connection.is_closed():
            raise
        if len(orders) == 1:
            return [error]
        _log.warning("a batch failed and is tried one by one", exc_info=error)
    return [(await write(connection, [order], now=now))[0] for order in orders]


async def write_readable(
    connection: Connection, orders: Sequence[Order | Refusal], *, now: datetime
) -> list[Answer | Exception]:
    """Do what can be read of a batch; what could not be read was refused already."""
    readable = [order for order in orders if isinstance(order, Order)]
    written = iter(await write(connection, readable, now=now) if readable else ())
    return [order if isinstance(order, Refusal) else next(written) for order in orders]


async def write_one(connection: Connection, order: Order, *, now: datetime) -> Outcome:
    """Do what one order asks.

    Raises:
        Refusal: It cannot be.
    """
    [answer] = await write(connection, [order], now=now)
    if isinstance(answer, Exception):
        raise answer
    return answer


async def _write(
    connection: Connection, orders: Sequence[Order], now: datetime
) -> list[Answer | Exception]:
    answers = await _attempt(connection, orders, now)
    left = [place for place, answer in enumerate(answers) if answer is None]
    if left:
        again = [orders[place] for place in left]
        async with connection.transaction():
            await dao.lock(connection, {order.habit_id for order in again})
            for place, answer in zip(left, await _attempt(connection, again, now), strict=True):
                answers[place] = answer
    return [answer or RuntimeError("A habit moved on under its lock.") for answer in answers]


async def _attempt(
    connection: Connection, orders: Sequence[Order], now: datetime
) -> list[Answer | None]:
    """Answer what can be answered; None for the orders of a habit that has moved on meanwhile."""
    found = await list_found(connection, orders, now=now)
    books = await open_books(connection, orders, found, now=now)
    jobs = [_Job(order, it.kept) for order, it in zip(orders, found, strict=True)]
    seen: Seen = {}
    for job, it in zip(jobs, found, strict=True):
        _decide(job, books[job.order.habit_id] if it.standing else None, seen, now)
    writings = [_conclude(book, mine, now) for book, mine in _by_book(books, jobs)]
    wanted = [it for it in writings if it.events or it.replays]
    if wanted:
        kept = await dao.write(connection, wanted)
        lost = {it.book.standing.habit.id for it in wanted} - kept
        for job in jobs:
            if job.order.habit_id in lost:
                job.answer = None
    return [job.answer for job in jobs]


def _by_book(books: dict[UUID, Book], jobs: Sequence[_Job]) -> list[tuple[Book, list[_Job]]]:
    """Return each book with its jobs, in their order."""
    written = [job for job in jobs if job.order.habit_id in books]
    ordered = sorted(written, key=lambda job: job.order.habit_id)
    return [
        (books[habit_id], list(mine))
        for habit_id, mine in groupby(ordered, key=lambda job: job.order.habit_id)
    ]


def _decide(job: _Job, book: Book | None, seen: Seen, now: datetime) -> None:
    """Write an order into its book, or say why it cannot be, or recall that it was done before."""
    order = job.order
    try:
        if book is None:
            raise HabitNotFound(order.habit_id)
        if _is_recalled(job, seen, now):
            return
        job.entry = book.write(order)
    except Refusal as refusal:
        job.answer = refusal
        return
    if order.request_id is not None:
        seen[order.person.id, order.request_id] = job


def _is_recalled(job: _Job, seen: Seen, now: datetime) -> bool:
    """Tell whether the same was asked before; then its answer is that of the first time.

    Raises:
        RequestIdReused: Something else was asked under this id.
    """
    order = job.order
    if order.request_id is None:
        return False
    twin = seen.get((order.person.id, order.request_id))
    if twin is not None:
        if twin.order.digest != order.digest:
            raise RequestIdReused(order.request_id)
        job.twin = twin
        return True
    if job.kept is None or now - job.kept.create_time >= RETENTION:
        return False
    if (job.kept.method, job.kept.digest) != (_METHOD, order.digest):
        raise RequestIdReused(order.request_id)
    job.answer = dao.outcome_from_bytes(job.kept.response)
    return True


def _conclude(book: Book, jobs: Sequence[_Job], now: datetime) -> Writing:
    """Answer the jobs of one habit, and return what has to be kept of them."""
    told = [
        events.check_in_changed(book.standing.habit.owner_id, check_in)
        for check_in in book.written.values()
    ]
    replays: list[Replay] = []
    done = [(job, job.entry) for job in jobs if job.entry is not None]
    if done:
        streak = book.streak()
        for job, entry in done:
            job.answer = outcome = Outcome(entry.check_in, streak, entry.changed)
            if entry.reached:
                habit = book.standing.habit
                told.append(events.habit_checked_in(habit, entry.check_in, streak))
            if job.order.request_id is not None:
                replays.append(_replay(job.order, job.order.request_id, outcome, now))
    for job in jobs:
        if job.twin is not None:
            job.answer = job.twin.answer
    return Writing(book, told, replays)


def _replay(order: Order, request_id: UUID, outcome: Outcome, now: datetime) -> Replay:
    response = dao.outcome_to_bytes(outcome)
    return Replay(order.person.id, request_id, _METHOD, order.digest, response, now)
