-- The rows of a check-in as the product writes them, `batch` check-ins in one statement: the habit
-- and its owner are read, its row of progress is locked and replaced by one of the same bytes, the
-- day is written, its change is recorded, two events of the same bytes wait in the outbox.
\set first random(0, :habits - 1)
\set step random(1, :habits / :batch)
\set back random(0, 3650)
WITH own AS MATERIALIZED (
    SELECT h.id, h.owner_id FROM bench.same_habits h JOIN bench.same_progress p ON p.habit_id = h.id
    WHERE h.id = ANY (ARRAY(
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(1 + (:first::bigint + n * :step::bigint) % :habits::bigint), 12, '0'))::uuid
        FROM generate_series(1, :batch::bigint) AS n))
    ORDER BY h.id FOR UPDATE OF p
), updated AS (
    UPDATE bench.same_progress p SET revision = p.revision + 1, checkpoint = s.checkpoint, recent = s.recent
    FROM own, bench.sample_progress s WHERE p.habit_id = own.id
    RETURNING p.habit_id, p.revision, own.owner_id
), new_days AS (
    INSERT INTO bench.same_days (habit_id, day, mark, note, source, revision, update_time)
    SELECT habit_id, current_date - :back::int, 1, '', 3, revision, now() FROM updated
    ON CONFLICT (habit_id, day) DO UPDATE SET mark = 1, revision = excluded.revision, update_time = now()
), new_changes AS (
    INSERT INTO bench.same_changes (habit_id, id, day, actor_id, source, create_time, revision,
        mark_before, note_before, mark_after, note_after)
    SELECT habit_id, uuidv7(), current_date - :back::int, owner_id, 3, now(), revision, 0, '', 1, '' FROM updated
)
INSERT INTO bench.same_outbox (id, type, routing_key, body, request_id, traceparent)
SELECT uuidv7(), e.type, e.routing_key, e.body, e.request_id, e.traceparent
FROM updated, bench.sample_events e;
