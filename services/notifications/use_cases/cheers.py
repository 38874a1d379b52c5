"""Cheers for habits that were done, many at once: a busy minute has thousands."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from services.notifications.dao import cheers as dao
from services.notifications.dao import people, reminder_days
from services.notifications.dao.cheers import BatchKey, NewCheer
from services.notifications.domain.cheers import Tone, tone_of
from services.notifications.domain.delivery_policy import Recipient, drop_reason_of, is_silent
from services.notifications.domain.event_data import HabitDone
from services.notifications.domain.i18n import use_language
from services.notifications.domain.messages import BATCH_WINDOW, batch_cheer, cheer
from services.notifications.domain.reminder_days import day_change_of

type Events = Mapping[UUID, HabitDone]
"""Events by their ids, in the order of their arrival."""


async def write_cheers(connection: Connection, events: Events, *, now: datetime) -> set[UUID]:
    """Store cheers, and have the reminders of the days say that the habits are done.

    What was done in the chat was cheered there, in place. The habits of a batch share one cheer.

    Args:
        connection: In the transaction in which the events are handled.
        events: What was done, by the ids of the events.
        now: The present moment.

    Returns:
        The ids of those events that had not been handled before.
    """
    new = await dao.add_to_inbox(connection, list(events))
    events = {event_id: done for event_id, done in events.items() if event_id in new}
    if not events:
        return new
    owner_ids = list({done.owner_id for done in events.values()})
    await people.lock_against_deletion(connection, owner_ids)
    await reminder_days.apply_day_changes(
        connection, [day_change_of(done) for done in events.values()], now=now
    )
    recipients = await people.list_recipients(connection, owner_ids)
    known = {id_: done for id_, done in events.items() if done.owner_id in recipients}
    tones = await _choose_tones(connection, known, recipients, now=now)
    for cheered in _rounds(known):
        drafts = [
            _new_cheer(event_id, done, recipients[done.owner_id], tones[event_id], now=now)
            for event_id, done in cheered.items()
        ]
        stored = await dao.add_cheers(connection, drafts, now=now)
        late = {
            (done.owner_id, done.batch_id): done
            for event_id, done in cheered.items()
            if event_id not in stored and done.batch_id is not None
        }
        if late:
            await _add_to_batches(connection, late, recipients, now=now)
    return new


async def _choose_tones(
    connection: Connection, events: Events, recipients: Mapping[UUID, Recipient], *, now: datetime
) -> dict[UUID, Tone]:
    """Return the tone of each cheer, and store that it was used; what the chat did has its own."""
    owner_ids = list({done.owner_id for done in events.values()})
    before = await dao.lock_activities(connection, owner_ids)
    after = dict(before)
    tones: dict[UUID, Tone] = {}
    for event_id, done in events.items():
        today = recipients[done.owner_id].person.local(now).date()
        activity = after[done.owner_id]
        tone = Tone.USUAL if done.from_chat else tone_of(done, activity, today=today)
        after[done.owner_id] = activity.after(done, tone, today=today)
        tones[event_id] = tone
    changed = {owner: activity for owner, activity in after.items() if activity != before[owner]}
    if changed:
        await dao.update_activities(connection, changed)
    return tones


def _rounds(events: Events) -> Iterator[dict[UUID, HabitDone]]:
    """Yield what is to be cheered, in turns of which each has one event of a batch at most."""
    turns: list[dict[UUID, HabitDone]] = []
    counts: defaultdict[BatchKey, int] = defaultdict(int)
    for event_id, done in events.items():
        if done.from_chat:
            continue
        turn = 0
        if done.batch_id is not None:
            turn = counts[done.owner_id, done.batch_id]
            counts[done.owner_id, done.batch_id] += 1
        if turn == len(turns):
            turns.append({})
        turns[turn][event_id] = done
    yield from turns


def _new_cheer(
    event_id: UUID, done: HabitDone, recipient: Recipient, tone: Tone, *, now: datetime
) -> NewCheer:
    """Compose the cheer of one event in its person's language."""
    is_batch = done.batch_id is not None
    with use_language(recipient.person.locale):
        draft = cheer(done, now=now, tone=tone)
    return NewCheer(
        event_id=event_id,
        draft=draft,
        chat=recipient.chat,
        silent=is_silent(draft, recipient, now=now),
        drop_reason=drop_reason_of(draft, recipient, now=now),
        due_time=now + BATCH_WINDOW if is_batch else now,
        batch=done if is_batch else None,
    )


async def _add_to_batches(
    connection: Connection,
    events: Mapping[BatchKey, HabitDone],
    recipients: Mapping[UUID, Recipient],
    *,
    now: datetime,
) -> None:
    """Add habits to the cheers of their batches, until those are sent."""
    drafts = {}
    for key, named in (await dao.lock_unsent_batches(connection, events)).items():
        done = events[key]
        if named and done.habit_id not in {it.habit_id for it in named}:
            with use_language(recipients[done.owner_id].person.locale):
                drafts[key] = batch_cheer([*named, done], now=now), [*named, done]
    if drafts:
        await dao.replace_batch_cheers(connection, drafts, due_time=now + BATCH_WINDOW)
