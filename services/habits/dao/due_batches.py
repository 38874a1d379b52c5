"""Claims a batch of due reminders with what each decision depends on, and writes it back, in sets.

Thousands are due at the same moment and most are alike. So a row begins with everything that its
decision depends on: rows that begin alike are decided on once, and no value is made for any of
them. What cannot be told from the row alone, such as a habit that was paused in the week it counts
in, has no rule, and is read whole by `due_reminders`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from chassis.database import Connection
from services.habits.dao.decision_keys import LONGEST_UNIT, DecisionKey
from services.habits.domain.reminders import FiringOutcome, ReminderDecision

if TYPE_CHECKING:
    from asyncpg import Record

BATCH = 1_000

# The first of the index. With EXISTS the planner would read the table, sure to find one soon.
_IS_ANY_DUE = """
SELECT least((SELECT min(look_time) FROM habits.reminders),
             (SELECT min(look_time) FROM habits.snoozes)) <= $1"""

# The limit is a literal: the planner must expect a thousand rows, not a million. A single day asks
# by the version in force on it, and no other day matters to it; a week, a month or a window needs
# all its days, so more of what could change it is left to the whole evaluation.
_CLAIM = f"""
WITH due_reminders AS (
    SELECT habit_id, id, local_time, weekdays, text, nag_minutes, due_date, slot, due_time,
           ctid AS place
    FROM habits.reminders WHERE look_time <= $1
    ORDER BY look_time LIMIT {BATCH} FOR NO KEY UPDATE SKIP LOCKED
), snoozes AS (
    SELECT habit_id, NULL::uuid AS id, NULL::time AS local_time, 0::smallint AS weekdays,
           '' AS text, 0 AS nag_minutes, due_date, slot, due_time, NULL::tid AS place
    FROM habits.snoozes WHERE look_time <= $1
    ORDER BY look_time LIMIT {BATCH} FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (SELECT * FROM due_reminders UNION ALL SELECT * FROM snoozes)
SELECT c.due_date, c.slot, c.due_time, c.local_time, c.weekdays, c.nag_minutes,
       p.timezone, p.day_start, p.floor_date, p.quiet_from, p.quiet_to, p.week_start,
       h.measure, h.unit, d.mark, d.amount, v.is_paused,
       CASE WHEN c.id IS NOT NULL AND h.archive_date IS NULL AND h.start_date <= c.due_date
                 AND (v.is_single_day OR (NOT v.is_paused AND p.week_changes = '{{}}'
                                          AND jsonb_array_length(h.versions) = 1))
            THEN (v.version - 'effective_date' - 'anchor_date')::text END AS rule,
       CASE WHEN NOT v.is_single_day THEN h.start_date END AS start_date,
       CASE WHEN NOT v.is_single_day THEN (
           SELECT recent FROM habits.progress WHERE habit_id = c.habit_id) END AS recent,
       c.place, c.id::text AS id, c.habit_id::text AS habit_id, h.owner_id::text AS owner_id,
       h.title, c.text
FROM claimed c
JOIN habits.habits h ON h.id = c.habit_id
JOIN habits.people p ON p.owner_id = h.owner_id
LEFT JOIN habits.days d ON d.habit_id = c.habit_id AND d.day = c.due_date
CROSS JOIN LATERAL (
    SELECT k.version, k.is_single_day, EXISTS (
        SELECT FROM habits.pauses
        WHERE owner_id = h.owner_id AND (habit_id IS NULL OR habit_id = h.id)
          AND from_date <= c.due_date + k.reach
          AND coalesce(to_date, 'infinity') >= c.due_date - k.reach) AS is_paused
    FROM (
        SELECT s.version, s.is_single_day,
               CASE WHEN s.is_single_day THEN 0 ELSE {LONGEST_UNIT.days} END AS reach
        FROM (
            SELECT i.version, i.version ->> 'frequency' = 'daily' OR i.version
                   ?| '{{weekdays,month_days,weekday_ordinals,year_days}}' AS is_single_day
            FROM (
                SELECT CASE WHEN jsonb_array_length(h.versions) = 1 THEN h.versions -> 0 ELSE (
                    SELECT it FROM jsonb_array_elements(h.versions) WITH ORDINALITY AS e (it, place)
                    WHERE place = 1 OR (it ->> 'effective_date')::date <= c.due_date
                    ORDER BY place DESC LIMIT 1) END AS version
                OFFSET 0
            ) i OFFSET 0
        ) s
    ) k OFFSET 0
) v
"""  # noqa: S608  # its own constants

# A row that is locked stays in its place.
_WRITE = """
WITH decided AS MATERIALIZED (
    SELECT * FROM unnest($1::tid[], $2::int[], $3::uuid[], $4::uuid[], $5::bytea[])
        AS r (place, number, reminder_id, event_id, body)
    JOIN unnest($6::int[], $7::date[], $8::smallint[], $9::timestamptz[], $10::timestamptz[],
                $11::date[], $12::date[], $13::smallint[], $14::text[])
        AS s (number, due_date, slot, due_time, look_time, handled_date, fired_date, fired_slot,
              outcome) USING (number)
), moved AS (
    UPDATE habits.reminders r
    SET due_date = d.due_date, slot = d.slot, due_time = d.due_time, look_time = d.look_time,
        handled_date = coalesce(d.handled_date, r.handled_date)
    FROM decided d WHERE r.ctid = d.place
), fired AS (
    INSERT INTO habits.reminder_firings (reminder_id, due_date, slot, outcome, fire_time)
    SELECT reminder_id, fired_date, fired_slot, outcome, $15 FROM decided
    WHERE outcome IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING reminder_id
)
INSERT INTO habits.outbox (id, type, routing_key, body, request_id, traceparent)
SELECT event_id, $16, $17, body, $18, $19 FROM decided JOIN fired USING (reminder_id)
WHERE body IS NOT NULL
"""


_KEY_LENGTH = len(DecisionKey._fields)
KEY, OWN = slice(_KEY_LENGTH), slice(_KEY_LENGTH, None)
"""The parts of a claimed row: what its decision depends on, and what is its own: its place in the
table, its id, its habit's and owner's, as text, the title and the reminder's text."""


class SharedWrite(NamedTuple):
    """A reminder to reschedule, under the number of the decision it shares.

    Attributes:
        place: Where its row lies.
        number: That of the decision.
        reminder_id: Its id, as text.
        event_id: The id of its event.
        body: Its event; None when nothing is sent.
    """

    place: tuple[int, int]
    number: int
    reminder_id: str
    event_id: UUID
    body: bytes | None


async def is_any_due(connection: Connection, *, now: datetime) -> bool:
    """Tell whether there is anything to claim."""
    return bool(await connection.fetchval(_IS_ANY_DUE, now))


async def claim(connection: Connection, *, now: datetime) -> Sequence["Record"]:
    """Return at most a batch of reminders, and one of snoozes, whose moment has come.

    They stay locked for the transaction; others that claim pass them by.
    """
    return await connection.fetch(_CLAIM, now)


async def write_shared(
    connection: Connection,
    writes: Sequence[SharedWrite],
    decisions: Sequence[ReminderDecision],
    common: tuple[str, str, str, str],
    *,
    now: datetime,
) -> int:
    """Reschedule reminders, record what was sent or missed; return how many were sent.

    A slot that was sent before, under whatever zone, is not sent again: its event is dropped.

    Args:
        connection: The one that claimed them, in its transaction.
        writes: The reminders.
        decisions: The decisions, by number; each fires at most the slot that was due.
        common: Type, routing key, request id and trace of the events.
        now: The present moment.
    """
    used = sorted({it.number for it in writes})
    rows = [_decision_row(number, decisions[number]) for number in used]
    columns = *zip(*writes, strict=True), *zip(*rows, strict=True)
    sent_count = await connection.execute(_WRITE, *columns, now, *common)
    return int(sent_count.rpartition(" ")[2])


def _decision_row(number: int, decision: ReminderDecision) -> tuple[Any, ...]:
    pending = decision.pending or (None, None, None, None)
    fired: tuple[date | None, int | None, FiringOutcome | None] = (None, None, None)
    if decision.firings:
        [fired] = decision.firings
    return number, *pending, decision.handled, *fired
