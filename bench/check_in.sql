\set n random(1, :habits)
\set d random(0, 60)
BEGIN;
INSERT INTO bench.days (habit_id, day, mark)
  SELECT id, current_date - :d::int, 1 FROM bench.habits WHERE id = ('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid
  ON CONFLICT (habit_id, day) DO UPDATE SET mark = 1, update_time = now();
INSERT INTO bench.outbox (id, type, body) VALUES (gen_random_uuid(), 'contracts.habits.v1.HabitCheckedIn', '\x00');
COMMIT;
